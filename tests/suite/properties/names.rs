//! Names that become parts of refs: against `git check-ref-format`.

use orchestrate::git::plan_ref::notes_ref;
use orchestrate::model::layout::{Layout, Part};
use orchestrate::model::name::{RunName, TaskName};
use orchestrate::model::plan;
use proptest::prelude::*;

use super::hold;
use crate::sandbox::Sandbox;

/// Whether git takes a ref of this name.
fn takes(sandbox: &Sandbox, name: &str) -> bool {
    !name.contains('\0') && sandbox.git(&["check-ref-format", name]).code == 0
}

/// Names near the edge of what is one.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[aB0._-]{1,6}",
        2 => "[a.]{1,3}(\\.lock|\\.LOCK|\\.|@|-)?",
        1 => "[a-c.@{}~^:?*\\\\\\[ \u{7f}é/\u{9b}-]{1,6}",
        1 => "[a-z]{58,62}",
    ]
}

#[test]
fn a_name_is_a_part_of_every_ref_that_is_made_of_it() {
    let sandbox = Sandbox::empty();
    hold(120, &(texts(), texts()), |(run, task)| {
        let (Ok(run), Ok(task)) = (RunName::new(&run), TaskName::new(&task)) else { return Ok(()) };
        let toml =
            format!("run = \"{run}\"\nbase = \"main\"\n[[task]]\nname = \"{task}\"\nscope = [\"x/\"]\n");
        let plan = plan::toml::read("plan.toml", &toml).expect("a plan of good names");
        let refs = [
            format!("refs/orchestrate/{run}/plan"),
            format!("refs/orchestrate/{run}/journal/{task}"),
            notes_ref(&run, &task),
            format!("refs/heads/{}", plan.layout.branch(&run, &plan.tasks[0])),
            format!("refs/heads/{}", plan.layout.integration(&run)),
        ];
        for name in refs {
            prop_assert!(takes(&sandbox, &name), "git refuses {}", name);
        }
        Ok(())
    });
}

#[test]
fn a_template_makes_branches_that_git_takes() {
    let sandbox = Sandbox::empty();
    let templates =
        "[a./@{}*-]{0,4}(\\{task\\}|\\{number\\}|\\{run\\})[a./@.-]{0,3}(\\{task\\}|\\.lock|/\\{run\\})?";
    let toml = "run = \"demo\"\nbase = \"main\"\n[[task]]\nname = \"task-2-x\"\nscope = [\"x/\"]\n";
    let plan = plan::toml::read("plan.toml", toml).expect("a plan");
    hold(150, &templates, |template| {
        let Ok(layout) = Layout::default().with(Part::Branch, &template) else { return Ok(()) };
        let branch = layout.branch(&plan.run, &plan.tasks[0]);
        let said = sandbox.git(&["check-ref-format", "--branch", &branch]);
        prop_assert_eq!(said.code, 0, "git refuses {} of {}", branch, template);
        prop_assert_eq!(said.out.trim(), branch);
        Ok(())
    });
}
