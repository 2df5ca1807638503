//! With two runs active, what a command says to type means the run that it was about.

use crate::conflict::{finished, integrate};
use crate::sandbox::{Said, Sandbox};

/// A run `r` that will stop at a conflict, and a run `q` beside it.
fn two() -> (Sandbox, Said) {
    let sandbox = finished();
    let plan = "run = \"q\"\nbase = \"main\"\n[[task]]\nname = \"task-4-four\"\nscope = [\"four/\"]\n\
                [[task]]\nname = \"task-5-five\"\nscope = [\"five/\"]\n\
                [[task]]\nname = \"task-6-six\"\nscope = [\"six/\"]\n";
    sandbox.write("../q.toml", plan);
    let said = sandbox.git(&["orchestrate", "start", "--yes", "../q.toml"]).ok();
    (sandbox, said)
}

/// Every command in what was said, up to where its words end.
fn commands(said: &Said) -> Vec<String> {
    let text = format!("{}{}", said.out, said.err);
    let ends = |c: char| "\n;,`(".contains(c);
    let found = text.match_indices("git orchestrate ").map(|(at, _)| text[at..].split(ends).next());
    let found = found.flatten().map(|one| one.split("  ").next().unwrap_or(one).to_owned());
    found.filter(|one| !one.contains('<')).collect()
}

#[test]
fn what_is_said_can_be_typed_as_it_is() {
    let (sandbox, started) = two();
    let brief = commands(&started);
    assert_eq!(brief, ["git orchestrate brief --run q task-4"], "{}", started.out);
    let typed = |command: &str| {
        let words: Vec<&str> = command.split(' ').skip(1).collect();
        sandbox.git(&words)
    };
    typed(&brief[0]).ok();

    let mut seen = 0;
    for verb in ["status", "verify", "conflicts", "report"] {
        for command in commands(&sandbox.git(&["orchestrate", verb, "--run", "r"])) {
            let said = typed(&format!("{command} --dry-run"));
            assert!(!said.err.contains("several runs are active"), "{verb}: {command}: {}", said.err);
            seen += 1;
        }
    }
    assert!(seen > 0, "there was something to type");
    let stopped = integrate(&sandbox, &["--run", "r"]).fails(1);
    let ways = commands(&stopped);
    assert!(ways.contains(&"git orchestrate integrate --run r --continue".to_owned()), "{ways:?}");
    let abort = ways.iter().find(|one| one.ends_with("--abort")).expect("a way back");
    typed(abort).ok();
    let kept = sandbox.git(&["orchestrate", "cleanup", "--run", "r"]).fails(1);
    assert!(kept.out.contains("hint: git orchestrate integrate --run r, or --force"), "{}", kept.out);
}

#[test]
fn where_one_run_is_meant_anyway_nothing_is_added() {
    let (sandbox, _) = two();
    let said = sandbox.git_in("worktrees/task-1-one", &["orchestrate", "status", "--run", "r"]);
    assert!(said.out.contains(" git orchestrate integrate\n") && !said.out.contains("--run"), "{}", said.out);
    sandbox.git(&["orchestrate", "cleanup", "--run", "q", "--force"]).ok();
    let said = sandbox.git(&["orchestrate", "status", "--run", "r"]);
    assert!(said.out.contains(" git orchestrate integrate\n") && !said.out.contains("--run"), "{}", said.out);
    let json = sandbox.git(&["orchestrate", "status", "--run", "r", "--format", "json"]).out;
    assert!(!json.contains("--run"), "{json}");
}
