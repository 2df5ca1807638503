//! `git orchestrate start` in real repositories: from anywhere, again, after a crash, and where it
//! must refuse.

use crate::sandbox::{Said, Sandbox, fixture};

const TASKS: [&str; 3] = ["task-1-api-endpoints", "task-2-models-migrations", "task-3-frontend"];
const FIRST: &str = "refs/heads/work/task-1-api-endpoints";
const FIRST_TREE: &str = "worktrees/task-1-api-endpoints";

/// The scenario's application with its plan, not started.
fn application() -> Sandbox {
    let sandbox = Sandbox::from_script("myapp.sh");
    let plan = std::fs::read(fixture("analytics.toml")).expect("the scenario's plan");
    sandbox.write("orchestrate.toml", plan);
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Plan the dashboard"]).ok();
    sandbox
}

fn started() -> Sandbox {
    let sandbox = application();
    sandbox.git(&["orchestrate", "start"]).ok();
    sandbox
}

/// All refs, all files below `.git` that a person could have written, and the worktrees.
fn state(sandbox: &Sandbox) -> String {
    let refs = sandbox.git(&["for-each-ref"]).ok().out;
    let config = sandbox.git(&["config", "--list", "--local"]).ok().out;
    let worktrees = sandbox.git(&["worktree", "list", "--porcelain"]).ok().out;
    let exclude = sandbox.read(".git/info/exclude");
    let status = sandbox.git(&["status", "--porcelain"]).ok().out;
    [refs, config, worktrees, exclude, status].join("\n")
}

fn tip(sandbox: &Sandbox, name: &str) -> String {
    sandbox.git(&["rev-parse", "--verify", name]).ok().out.trim().to_owned()
}

fn commit_in(sandbox: &Sandbox, tree: &str, file: &str) {
    sandbox.write(&format!("{tree}/{file}"), "new\n");
    sandbox.git_in(tree, &["add", "."]).ok();
    sandbox.git_in(tree, &["commit", "--quiet", "--no-verify", "-m", "[CHECKPOINT] Work"]).ok();
}

#[test]
fn each_task_gets_a_branch_and_a_worktree() {
    let sandbox = started();
    let base = tip(&sandbox, "main");
    let list = sandbox.git(&["worktree", "list", "--porcelain"]).ok().out;
    for task in TASKS {
        assert_eq!(tip(&sandbox, &format!("work/{task}")), base, "all tasks start at the same base");
        assert!(
            list.contains(&format!("branch refs/heads/work/{task}\nlocked ")),
            "{task} is locked: {list}"
        );
        let tree = format!("worktrees/{task}");
        let config = |key| sandbox.git_in(&tree, &["config", "--worktree", key]).ok().out;
        assert_eq!(config("orchestrate.task"), format!("{task}\n"));
        assert_eq!(config("orchestrate.run"), "analytics-dashboard\n");
        let upstream = sandbox.git(&["config", &format!("branch.work/{task}.merge")]);
        assert_eq!(upstream.code, 1, "branches track nothing");
    }
    assert_eq!(sandbox.git(&["status", "--porcelain"]).ok().out, "", "worktrees do not dirty the main one");
    assert_eq!(sandbox.git(&["symbolic-ref", "HEAD"]).ok().out, "refs/heads/main\n");
    let plan = sandbox.git(&["show", "refs/orchestrate/analytics-dashboard/plan:input"]).ok().out;
    assert_eq!(plan, sandbox.read("orchestrate.toml"), "the input is kept as it was");
}

#[test]
fn a_second_start_changes_nothing() {
    let sandbox = started();
    let before = state(&sandbox);
    let said = sandbox.git(&["orchestrate", "start"]).ok();
    assert!(said.out.contains("nothing to do"), "it says so: {}", said.out);
    assert_eq!(state(&sandbox), before, "a second start changes nothing");
}

#[test]
fn it_works_from_anywhere() {
    let sandbox = started();
    let before = state(&sandbox);
    for place in ["api", "worktrees/task-3-frontend", "worktrees/task-2-models-migrations/api"] {
        sandbox.git_in(place, &["orchestrate", "start"]).ok();
        assert_eq!(state(&sandbox), before, "from {place}");
    }
}

#[test]
fn a_dry_run_prints_commands_that_do_the_same() {
    let sandbox = application();
    let before = state(&sandbox);
    let said = sandbox.git(&["orchestrate", "start", "--dry-run"]).ok();
    assert_eq!(state(&sandbox), before, "a dry run changes nothing");
    assert!(!sandbox.root.join(".git/orchestrate").exists(), "not even a lock");
    let script = said.out.replace("git -C worktrees", "git -c extensions.worktreeConfig=true -C worktrees");
    sandbox.git(&["config", "extensions.worktreeConfig", "true"]).ok();
    sandbox.write("../script.sh", script);
    let bash = sandbox.command("bash", &sandbox.root).args(["-eu", "../script.sh"]).output();
    assert!(bash.expect("bash runs").status.success(), "the commands run");
    let said = sandbox.git(&["orchestrate", "start"]).ok();
    assert!(said.out.contains("[work/task-1-api-endpoints]"));
    assert_eq!(tip(&sandbox, FIRST), tip(&sandbox, "main"));
}

#[test]
fn an_amended_plan_adds_its_tasks_and_keeps_the_base() {
    let sandbox = started();
    let base = tip(&sandbox, "main");
    let plan = sandbox.read("orchestrate.toml");
    let more = "\n[[task]]\nname = \"task-4-docs\"\nscope = [\"docs/\"]\nsteps = [\"Write them\"]\n";
    sandbox.write("orchestrate.toml", plan.clone() + more);
    sandbox.git(&["commit", "--quiet", "-am", "Plan the documents"]).ok();
    commit_in(&sandbox, FIRST_TREE, "api/analytics/x.py");
    let work = tip(&sandbox, FIRST);
    let said = sandbox.git(&["orchestrate", "start"]).ok();
    assert!(said.out.contains("plan amended"), "{}", said.out);
    assert_eq!(tip(&sandbox, "work/task-4-docs"), base, "new tasks start at the recorded base");
    assert_eq!(tip(&sandbox, FIRST), work, "work stays");
    let versions = sandbox.git(&["rev-list", "--count", "refs/orchestrate/analytics-dashboard/plan"]).ok();
    assert_eq!(versions.out, "2\n", "the plan's history is kept");

    sandbox.write("orchestrate.toml", plan);
    let said = sandbox.git(&["orchestrate", "start"]).ok();
    assert!(said.err.contains("task-4-docs is not in the plan any more"), "{}", said.err);
    assert_eq!(tip(&sandbox, "work/task-4-docs"), base, "the branch of a dropped task stays");
}

#[test]
fn an_amendment_that_gives_a_task_anothers_branch_is_refused() {
    let sandbox = application();
    let task = |name: &str, at: &str| format!("[[task]]\nname = \"{name}\"\nscope = [\"{at}/\"]\n");
    let plan = |template: &str, tasks: &[(&str, &str)]| {
        let tasks: String = tasks.iter().map(|(name, at)| task(name, at)).collect();
        let head = "run = \"run\"\nbase = \"main\"\nworktree = \"wt/{task}\"\nintegration = \"all/{run}\"\n";
        sandbox.write("../numbered.toml", format!("{head}branch = \"{template}\"\n{tasks}"));
        sandbox.git(&["orchestrate", "start", "../numbered.toml"])
    };
    let (alpha, beta, gamma) = (("alpha", "a"), ("beta", "b"), ("gamma", "c"));
    plan("w/{number}", &[alpha, beta]).ok();
    let displaced = "alpha: the plan has it on branch w/2 now, which was another task's; its own was w/1\n";
    for work in [false, true] {
        if work {
            commit_in(&sandbox, "wt/alpha", "a/1");
            commit_in(&sandbox, "wt/beta", "b/1");
        }
        let before = state(&sandbox);
        let refused = plan("w/{number}", &[beta, alpha]).fails(1).err;
        assert!(refused.contains(displaced) && refused.contains("former order"), "{refused}");
        plan("w/{number}", &[beta]).fails(1);
        assert_eq!(state(&sandbox), before, "nothing is recorded");
        plan("w/{number}", &[gamma, alpha, beta]).fails(1);
        assert_eq!(state(&sandbox), before, "nothing is recorded");
    }
    plan("w/{number}", &[alpha, beta, gamma]).ok();
    let refused = plan("w/{task}", &[gamma, beta, alpha]).fails(1).err;
    assert!(refused.contains("git branch -m w/1 w/alpha"), "{refused}");
    for (number, name) in [("w/1", "w/alpha"), ("w/2", "w/beta")] {
        sandbox.git(&["branch", "-m", number, name]).ok();
    }
    plan("w/{task}", &[gamma, beta, alpha]).ok();
    let told = sandbox.git_in("wt/alpha", &["worker", "status"]).ok().out;
    assert!(told.contains("alpha"), "{told}");
}

/// Puts a started run into the state that a killed start leaves.
type Kill<'a> = &'a dyn Fn(&Sandbox);

#[test]
fn an_amendment_that_names_other_branches_says_how_they_become_it() {
    let sandbox = started();
    commit_in(&sandbox, FIRST_TREE, "api/analytics/first.py");
    let plan = sandbox.read("orchestrate.toml");
    let renamed = plan.replacen('\n', "\nbranch = \"b/{task}\"\n", 1);
    sandbox.write("../renamed.toml", &renamed);
    let before = state(&sandbox);
    for some in [&[][..], &["--task", "task-2"]] {
        let refused = sandbox.git(&[&["orchestrate", "start", "../renamed.toml"], some].concat()).fails(1);
        let named = "task-1-api-endpoints: the plan has it on branch b/task-1-api-endpoints now, \
                     and its work is on work/task-1-api-endpoints\n";
        assert!(refused.err.contains(named), "{}", refused.err);
        assert_eq!(state(&sandbox), before, "nothing is recorded");
    }
    commit_in(&sandbox, FIRST_TREE, "api/analytics/second.py");
    let refused = sandbox.git(&["orchestrate", "start", "../renamed.toml"]).fails(1).err;
    let typed: Vec<&str> =
        refused.lines().filter_map(|line| line.split(": ").nth(1)?.split(',').next()).collect();
    let typed: Vec<&str> = typed.into_iter().filter(|command| command.starts_with("git branch -m")).collect();
    assert_eq!(typed.len(), 1, "of a branch without work nothing is lost: {refused}");
    for command in typed {
        sandbox.git(&command.split(' ').skip(1).collect::<Vec<_>>()).ok();
    }
    sandbox.git(&["orchestrate", "start", "../renamed.toml"]).ok();
    commit_in(&sandbox, FIRST_TREE, "api/analytics/third.py");
    assert_eq!(sandbox.git(&["rev-list", "--count", "main..b/task-1-api-endpoints"]).ok().out, "3\n");
    sandbox.git(&["orchestrate", "verify"]).ok();
}

#[test]
fn what_a_killed_start_left_is_finished() {
    let sandbox = started();
    let good = state(&sandbox);
    let admin = ".git/worktrees/task-1-api-endpoints";
    let remove_tree = |sandbox: &Sandbox| {
        std::fs::remove_dir_all(sandbox.root.join(FIRST_TREE)).expect("a worktree");
        std::fs::remove_dir_all(sandbox.root.join(admin)).expect("its record");
    };
    let cases: [(&str, Kill); 8] = [
        ("locks of what it was writing", &|sandbox| {
            sandbox.write(".git/orchestrate/starting", "1\n");
            for file in [
                "refs/orchestrate/analytics-dashboard/plan",
                "refs/orchestrate/analytics-dashboard/journal/orchestrator",
                "worktrees/task-1-api-endpoints/config.worktree",
                "refs/heads/work/task-1-api-endpoints",
                "config",
            ] {
                sandbox.write(&format!(".git/{file}.lock"), "");
            }
            std::fs::remove_file(sandbox.root.join(admin).join("config.worktree")).expect("its file");
        }),
        ("the branch only", &remove_tree),
        ("nothing but the plan", &|sandbox| {
            remove_tree(sandbox);
            sandbox.git(&["update-ref", "-d", FIRST]).ok();
        }),
        ("an empty directory", &|sandbox| {
            remove_tree(sandbox);
            std::fs::create_dir(sandbox.root.join(FIRST_TREE)).expect("a directory");
        }),
        ("a worktree without configuration and lock", &|sandbox| {
            std::fs::remove_file(sandbox.root.join(admin).join("config.worktree")).expect("its file");
            sandbox.git(&["worktree", "unlock", FIRST_TREE]).ok();
        }),
        ("a worktree with half of its files", &|sandbox| {
            sandbox.write(&format!("{admin}/locked"), "initializing");
            sandbox.write(&format!("{admin}/index.lock"), "");
            std::fs::remove_file(sandbox.root.join(admin).join("index")).expect("an index");
            std::fs::remove_dir_all(sandbox.root.join(FIRST_TREE).join("api")).expect("some files");
        }),
        ("a worktree that git had not pointed at the branch", &|sandbox| {
            remove_tree(sandbox);
            let top = sandbox.root.join(FIRST_TREE);
            sandbox.write(
                &format!("{FIRST_TREE}/.git"),
                format!("gitdir: {}/{admin}\n", sandbox.root.display()),
            );
            sandbox.write(&format!("{admin}/gitdir"), format!("{}/.git\n", top.display()));
            sandbox.write(&format!("{admin}/HEAD"), "0000000000000000000000000000000000000000\n");
            sandbox.write(&format!("{admin}/commondir"), "../..\n");
            sandbox.write(&format!("{admin}/locked"), "initializing");
        }),
        ("a record without a worktree", &|sandbox| {
            remove_tree(sandbox);
            sandbox.write(&format!("{admin}/locked"), "initializing");
        }),
    ];
    for (what, kill) in cases {
        kill(&sandbox);
        sandbox.git(&["orchestrate", "start"]).ok();
        let found = state(&sandbox);
        let without_journal = |text: &str| {
            text.lines().filter(|line| !line.contains("/journal/")).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(without_journal(&found), without_journal(&good), "after a start that left {what}");
        let status = sandbox.git_in(FIRST_TREE, &["status", "--porcelain"]).ok().out;
        assert_eq!(status, "", "the worktree is whole again after {what}");
    }
}

#[test]
fn locks_of_others_are_left_alone() {
    let sandbox = started();
    let lock = ".git/worktrees/task-1-api-endpoints/config.worktree.lock";
    sandbox.write(lock, "");
    sandbox.git(&["orchestrate", "start"]).ok();
    assert_eq!(sandbox.read(lock), "", "no start was killed, so the lock is somebody's");
}

#[test]
fn a_deleted_worktree_comes_back_with_what_was_staged() {
    let sandbox = started();
    sandbox.write(&format!("{FIRST_TREE}/api/analytics/x.py"), "staged\n");
    sandbox.git_in(FIRST_TREE, &["add", "."]).ok();
    std::fs::remove_dir_all(sandbox.root.join(FIRST_TREE)).expect("a worktree");
    sandbox.git(&["orchestrate", "start"]).ok();
    let status = sandbox.git_in(FIRST_TREE, &["status", "--porcelain"]).ok().out;
    assert_eq!(status, "A  api/analytics/x.py\n", "nothing that git knew of is lost");
}

#[test]
fn recreating_keeps_a_backup() {
    let sandbox = started();
    commit_in(&sandbox, FIRST_TREE, "api/analytics/x.py");
    let work = tip(&sandbox, FIRST);
    sandbox.write(&format!("{FIRST_TREE}/notes.txt"), "not committed\n");
    let said = sandbox.git(&["orchestrate", "start", "--recreate", "task-1"]).fails(1);
    assert!(said.err.contains("has changes that recreating it would lose"), "{}", said.err);
    assert_eq!(tip(&sandbox, FIRST), work, "a refusal changes nothing");

    std::fs::remove_file(sandbox.root.join(FIRST_TREE).join("notes.txt")).expect("the file");
    let said = sandbox.git(&["orchestrate", "start", "--recreate", "task-1"]).ok();
    let backup = "refs/orchestrate/analytics-dashboard/backup/task-1-api-endpoints/1";
    assert!(said.out.contains(backup), "it says where: {}", said.out);
    assert_eq!(tip(&sandbox, backup), work, "the work is kept");
    assert_eq!(tip(&sandbox, FIRST), tip(&sandbox, "main"), "the branch begins anew");
    assert_eq!(sandbox.git_in(FIRST_TREE, &["status", "--porcelain"]).ok().out, "");
}

#[test]
fn a_branch_that_was_there_is_adopted_or_left_alone() {
    let sandbox = application();
    sandbox.git(&["branch", "work/task-1-api-endpoints"]).ok();
    sandbox.git(&["switch", "--quiet", "--orphan", "work/task-3-frontend"]).ok();
    sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", "Unrelated"]).ok();
    let unrelated = tip(&sandbox, "HEAD");
    sandbox.git(&["switch", "--quiet", "main"]).ok();
    let before = state(&sandbox);
    let said = sandbox.git(&["orchestrate", "start"]).fails(1);
    assert!(said.err.contains("does not descend from the base"), "{}", said.err);
    assert!(said.err.contains("--recreate task-3-frontend"), "the remedy is named: {}", said.err);
    assert_eq!(state(&sandbox), before, "a refusal changes nothing");
    sandbox.git(&["orchestrate", "start", "--recreate", "task-3-frontend"]).ok();
    let backup = "refs/orchestrate/analytics-dashboard/backup/task-3-frontend/1";
    assert_eq!(tip(&sandbox, backup), unrelated, "the old branch is kept");
}

#[test]
fn what_is_in_the_way_is_reported_at_once() {
    let sandbox = application();
    sandbox.git(&["branch", "work"]).ok();
    sandbox.git(&["branch", "integration"]).ok();
    sandbox.write("worktrees/task-2-models-migrations/mine.txt", "mine\n");
    let before = state(&sandbox);
    let said = sandbox.git(&["orchestrate", "start"]).fails(1);
    for expect in [
        "work/task-1-api-endpoints cannot exist beside branch work",
        "integration/analytics-dashboard cannot exist beside branch integration",
        "worktrees/task-2-models-migrations exists and is not this task's worktree",
    ] {
        assert!(said.err.contains(expect), "{expect} is reported: {}", said.err);
    }
    assert_eq!(state(&sandbox), before, "a refusal changes nothing");
}

#[test]
fn a_branch_that_is_checked_out_elsewhere_is_not_taken() {
    let sandbox = application();
    sandbox.git(&["worktree", "add", "--quiet", "../mine", "-b", "work/task-1-api-endpoints"]).ok();
    let said = sandbox.git(&["orchestrate", "start"]).fails(1);
    assert!(said.err.contains("is checked out at"), "{}", said.err);
}

#[test]
fn a_branch_of_another_run_is_not_taken() {
    let sandbox = started();
    let plan = sandbox.read("orchestrate.toml").replace("analytics-dashboard", "second");
    sandbox.write("second.toml", &plan);
    let before = state(&sandbox);
    let said = sandbox.git(&["orchestrate", "start", "second.toml"]).fails(1);
    let expect = "branch work/task-1-api-endpoints belongs to run analytics-dashboard";
    assert!(said.err.contains(expect), "{}", said.err);
    assert_eq!(state(&sandbox), before, "a refusal changes nothing");
    sandbox.write("second.toml", plan.replacen("\n[", "\nlayout = \"feature\"\n[", 1));
    sandbox.git(&["orchestrate", "start", "second.toml"]).ok();
    sandbox.git(&["orchestrate", "cleanup", "--force", "--run", "second"]).ok();
    sandbox.git(&["orchestrate", "start"]).ok();
}

#[test]
fn a_scope_that_another_run_has_is_a_warning() {
    let sandbox = started();
    let plan = |scope: &str| {
        format!(
            "run = \"second\"\nbase = \"main\"\n[[task]]\nname = \"task-1-search\"\nscope = [\"{scope}\"]\n"
        )
    };
    sandbox.write("second.toml", plan("api/"));
    for mode in [Some("--dry-run"), None, None] {
        let said = sandbox.git(&[&["orchestrate", "start", "second.toml"], mode.as_slice()].concat()).ok();
        let expect = "warning: task-1-search may change api/analytics/x, and so may task-1-api-endpoints of \
                      run analytics-dashboard, which is active";
        assert!(said.err.contains(expect), "it is told each time: {}", said.err);
    }
    // The remedies: another scope, or the end of the other run.
    sandbox.write("second.toml", plan("search/"));
    let said = sandbox.git(&["orchestrate", "start", "second.toml"]).ok();
    assert!(!said.err.contains("may change"), "{}", said.err);
    sandbox.write("second.toml", plan("api/"));
    sandbox.git(&["orchestrate", "start", "second.toml"]).ok();
    sandbox.git(&["orchestrate", "cleanup", "--force", "--run", "analytics-dashboard"]).ok();
    let said = sandbox.git(&["orchestrate", "start", "second.toml"]).ok();
    assert!(!said.err.contains("may change"), "{}", said.err);
}

/// A plan may start from a branch of a remote, which moves with every fetch.
#[test]
fn a_remote_s_branch_as_the_base_is_followed() {
    let sandbox = application();
    let plan = sandbox.read("orchestrate.toml").replace("\"main\"", "\"origin/main\"");
    sandbox.write("orchestrate.toml", plan);
    sandbox.git(&["commit", "--quiet", "--all", "-m", "Start from the remote"]).ok();
    sandbox.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]).ok();
    sandbox.git(&["orchestrate", "start"]).ok();
    sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", "More"]).ok();
    sandbox.write("README.md", "more\n");
    sandbox.git(&["add", "README.md"]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Even more"]).ok();
    sandbox.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]).ok();
    commit_in(&sandbox, FIRST_TREE, "api/analytics/routes.py");
    sandbox.git_in(FIRST_TREE, &["merge", "--quiet", "--no-edit", "origin/main"]).ok();
    sandbox.git(&["orchestrate", "verify"]).ok();
}

/// Where the clone ends matters to no commit of the run.
#[test]
fn a_run_in_a_shallow_clone_goes_its_way() {
    let far = application();
    let near = Sandbox::empty();
    let url = format!("file://{}", far.root.display());
    near.git(&["clone", "--quiet", "--depth=1", &url, "near"]).ok();
    let near = Sandbox::below(near, "near");
    near.git(&["orchestrate", "start"]).ok();
    let second = "worktrees/task-2-models-migrations";
    near.write(&format!("{second}/models/analytics.py"), "new\n");
    near.git_in(second, &["worker", "complete", "-m", "Models"]).ok();
    near.write(&format!("{FIRST_TREE}/api/analytics/routes.py"), "new\n");
    near.git_in(FIRST_TREE, &["worker", "checkpoint", "-m", "Routes"]).ok();
    near.git_in(FIRST_TREE, &["worker", "merge", "task-2"]).ok();
    near.git_in(FIRST_TREE, &["worker", "complete", "-m", "Routes"]).ok();
    near.git(&["orchestrate", "verify"]).ok();
    near.git(&["orchestrate", "integrate", "--only-complete"]).ok();
}

/// The base of the run, or what a plan names, lies below where the clone ends.
#[test]
fn a_base_that_a_shallow_clone_has_not_is_asked_for() {
    let far = application();
    far.git(&["commit", "--quiet", "--allow-empty", "-m", "More"]).ok();
    let url = format!("file://{}", far.root.display());
    let shallow = || {
        let near = Sandbox::empty();
        near.git(&["clone", "--quiet", "--depth=1", &url, "near"]).ok();
        Sandbox::below(near, "near")
    };
    let cured = |near: &Sandbox| {
        let said = near.git(&["orchestrate", "start"]).fails(2);
        assert!(said.err.contains("shallow") && said.err.contains("git fetch --unshallow\n"), "{}", said.err);
        near.git(&["fetch", "--quiet", "--unshallow"]).ok();
        near.git(&["orchestrate", "start"]).ok();
    };
    let near = shallow();
    let plan = near.read("orchestrate.toml");
    near.write("orchestrate.toml", plan.replace("base = \"main\"", "base = \"main~1\""));
    cured(&near);
    far.git(&["orchestrate", "start"]).ok();
    far.git(&["commit", "--quiet", "--allow-empty", "-m", "Even more"]).ok();
    let near = shallow();
    near.git(&["fetch", "--quiet", "origin", "refs/orchestrate/*:refs/orchestrate/*"]).ok();
    cured(&near);
}

#[test]
fn a_moved_worktree_is_still_the_task_s() {
    let sandbox = started();
    sandbox.git(&["worktree", "move", "-f", "-f", FIRST_TREE, "../elsewhere"]).ok();
    let before = state(&sandbox);
    let said = sandbox.git(&["orchestrate", "start"]).ok();
    assert!(said.out.contains("/elsewhere"), "{}", said.out);
    assert_eq!(state(&sandbox), before);
}

#[test]
fn a_failed_start_leaves_nothing_of_its_own() {
    let sandbox = application();
    sandbox.write(".gitattributes", "*.json filter=broken\n");
    sandbox.write("data.json", "{}\n");
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Data"]).ok();
    sandbox.git(&["config", "filter.broken.smudge", "false"]).ok();
    sandbox.git(&["config", "filter.broken.clean", "cat"]).ok();
    sandbox.git(&["config", "filter.broken.required", "true"]).ok();
    let said = sandbox.git(&["orchestrate", "start"]);
    assert_ne!(said.code, 0, "{}", said.out);
    assert!(said.out.contains("; not all of it could be set up.\n"), "{}{}", said.out, said.err);
    let branch = sandbox.git(&["rev-parse", "--verify", FIRST]);
    assert_eq!(branch.code, 128, "the branch of the failed task is gone: {}", branch.out);
    sandbox.git(&["config", "--remove-section", "filter.broken"]).ok();
    sandbox.git(&["orchestrate", "start"]).ok();
    assert_eq!(tip(&sandbox, FIRST), tip(&sandbox, "main"));
}

/// A file where a directory must be is seen before anything is set up.
#[test]
fn what_is_in_the_way_is_named_first() {
    let sandbox = application();
    let plan = sandbox.read("orchestrate.toml");
    let trees = "base = \"main\"\nworktree = \"trees/{number}/{task}\"\nbranch = \"work/{task}\"";
    sandbox.write("orchestrate.toml", plan.replace("base = \"main\"", trees));
    sandbox.write("trees/1", "in the way\n");
    let said = sandbox.git(&["orchestrate", "start"]).fails(1);
    assert!(said.err.contains("exists and is not this task's worktree"), "{}", said.err);
    std::fs::remove_file(sandbox.root.join("trees/1")).expect("the file");
    sandbox.git(&["orchestrate", "start"]).ok();
}

#[test]
fn places_that_cannot_be_started_from_say_why() {
    let empty = Sandbox::empty();
    empty.git(&["init", "--quiet"]).ok();
    empty.write("orchestrate.toml", std::fs::read(fixture("analytics.toml")).expect("a plan"));
    let said = empty.git(&["orchestrate", "start"]).fails(2);
    assert!(said.err.contains("no commit yet"), "{}", said.err);

    let sandbox = application();
    sandbox.git(&["clone", "--quiet", "--bare", ".", "../bare.git"]).ok();
    let said = sandbox.git_in("../bare.git", &["orchestrate", "start", "../repo/orchestrate.toml"]).fails(2);
    assert!(said.err.contains("bare"), "{}", said.err);

    sandbox.git(&["switch", "--quiet", "-c", "other"]).ok();
    sandbox.write("config.py", "DEBUG = 1\n");
    sandbox.git(&["commit", "--quiet", "-am", "Other"]).ok();
    sandbox.git(&["switch", "--quiet", "main"]).ok();
    sandbox.write("config.py", "DEBUG = 2\n");
    sandbox.git(&["commit", "--quiet", "-am", "Main"]).ok();
    sandbox.git(&["merge", "--quiet", "other"]).fails(1);
    let said = sandbox.git(&["orchestrate", "start"]).fails(2);
    assert!(said.err.contains("a merge is in progress") && said.err.contains("--abort"), "{}", said.err);
    assert_eq!(sandbox.git(&["for-each-ref", "refs/orchestrate"]).ok().out, "", "nothing was recorded");
}

#[test]
fn a_dirty_or_detached_main_worktree_is_a_warning() {
    let sandbox = application();
    sandbox.write("config.py", "DEBUG = True\n");
    sandbox.git(&["switch", "--quiet", "--detach"]).ok();
    std::fs::copy(sandbox.root.join("orchestrate.toml"), sandbox.root.join("my plan.toml")).expect("a copy");
    let said = sandbox.git(&["orchestrate", "start", "my plan.toml"]).ok();
    assert!(said.err.contains("an uncommitted path"), "the plan itself is none: {}", said.err);
    assert!(said.err.contains("no branch checked out"), "{}", said.err);
    assert!(said.out.contains("(detached HEAD)"), "{}", said.out);
    assert_eq!(sandbox.read("config.py"), "DEBUG = True\n", "the main worktree's files stay");
}

#[test]
fn a_plan_with_errors_starts_nothing() {
    let sandbox = application();
    let plan = sandbox.read("orchestrate.toml");
    sandbox.write("orchestrate.toml", plan.replace("scope = [", "scoep = ["));
    let said = sandbox.git(&["orchestrate", "start"]).fails(1);
    assert!(said.err.contains("scoep"), "{}", said.err);
    assert_eq!(sandbox.git(&["for-each-ref", "refs/orchestrate", "refs/heads/work"]).ok().out, "");
}

#[test]
fn commands_of_a_plan_run_only_when_accepted() {
    let sandbox = application();
    let plan = sandbox.read("orchestrate.toml")
        + "\n[setup]\nrun = [\"echo ran >>../ran.txt\", \"echo no; exit 3\"]\n";
    sandbox.write("orchestrate.toml", &plan);
    let said = sandbox.git(&["orchestrate", "start"]).fails(2);
    assert!(said.err.contains("echo ran >>../ran.txt"), "the commands are shown: {}", said.err);
    assert!(said.err.contains("--yes"), "{}", said.err);
    assert_eq!(sandbox.git(&["for-each-ref", "refs/orchestrate", "refs/heads/work"]).ok().out, "");

    let said = sandbox.git(&["orchestrate", "start", "--yes"]).ok();
    assert_eq!(sandbox.read("worktrees/ran.txt"), "ran\n".repeat(3));
    assert!(said.out.contains("failed with exit code 3"), "a failure is told: {}", said.out);
    let journal = sandbox
        .git(&["log", "--format=%B", "refs/orchestrate/analytics-dashboard/journal/orchestrator"])
        .ok()
        .out;
    assert!(journal.contains("Event: setup-failed"), "and recorded: {journal}");

    // The same commands need no second word; another one does.
    sandbox.git(&["orchestrate", "start", "--recreate", "task-3"]).ok();
    sandbox.write("orchestrate.toml", plan.replace("echo no; exit 3", "echo other"));
    sandbox.git(&["orchestrate", "start"]).fails(2);
}

#[test]
fn commands_of_a_plan_may_install_hooks() {
    let sandbox = application();
    let install = "echo '#!/bin/sh' >$(git rev-parse --git-path hooks/pre-commit)\n\
        echo 'touch ran' >>$(git rev-parse --git-path hooks/pre-commit)\n\
        chmod +x $(git rev-parse --git-path hooks/pre-commit)\n\
        git config --worktree core.hooksPath && exit 1 || exit 0";
    let plan = sandbox.read("orchestrate.toml");
    sandbox.write("orchestrate.toml", format!("{plan}\n[setup]\nrun = [\"\"\"{install}\"\"\"]\n"));
    let said = sandbox.git(&["orchestrate", "start", "--yes"]).ok();
    assert!(!said.out.contains("failed"), "they see no hooks of ours: {}", said.out);
    assert!(sandbox.read(".git/hooks/pre-commit").contains("touch ran"), "where they belong");
    let worktree = std::fs::read_dir(sandbox.root.join("worktrees")).expect("worktrees").next();
    let worktree = worktree.expect("one").expect("an entry").path();
    let below = worktree.strip_prefix(&sandbox.root).expect("below").display().to_string();
    sandbox.write(&format!("{below}/outside.txt"), "x\n");
    sandbox.git_in(&below, &["add", "."]).ok();
    let refused = sandbox.git_in(&below, &["commit", "-qm", "[CHECKPOINT] X"]).fails(1);
    assert!(refused.err.contains("scope/outside"), "ours are there again: {}", refused.err);
    assert!(worktree.join("ran").exists(), "and theirs run before");
}

#[test]
fn untracked_files_are_copied_with_a_port_of_their_own() {
    let sandbox = application();
    let plan = sandbox.read("orchestrate.toml");
    let setup = "\n[setup]\ncopy = [\".env\", \"absent\"]\nport = { file = \".env\", variable = \"PORT\" }\n";
    sandbox.write("orchestrate.toml", plan + setup);
    sandbox.write(".env", "SECRET=x\nPORT=3000\n");
    sandbox.git(&["orchestrate", "start"]).ok();
    assert_eq!(sandbox.read("worktrees/task-2-models-migrations/.env"), "SECRET=x\nPORT=3002\n");
    let status = sandbox.git_in("worktrees/task-2-models-migrations", &["status", "--porcelain"]).ok().out;
    assert_eq!(status, "", "the copy is nobody's to commit (S3-11)");
    sandbox.write("worktrees/task-2-models-migrations/.env", "mine\n");
    sandbox.git(&["orchestrate", "start"]).ok();
    assert_eq!(sandbox.read("worktrees/task-2-models-migrations/.env"), "mine\n", "a worker's copy stays");
}

#[test]
fn a_remote_is_told_what_to_fetch() {
    let sandbox = application();
    sandbox.git(&["init", "--quiet", "--bare", "../remote.git"]).ok();
    sandbox.git(&["remote", "add", "origin", "../remote.git"]).ok();
    sandbox.git(&["config", "notes.displayRef", "refs/notes/mine"]).ok();
    sandbox.git(&["orchestrate", "start"]).ok();
    let fetch = sandbox.git(&["config", "--get-all", "remote.origin.fetch"]).ok().out;
    assert!(fetch.contains("+refs/heads/*:refs/remotes/origin/*\n+refs/orchestrate/*:"), "{fetch}");
    assert!(fetch.contains("+refs/notes/orchestrate/*:"), "{fetch}");
    let shown = sandbox.git(&["config", "--get-all", "notes.displayRef"]).ok().out;
    assert_eq!(shown, "refs/notes/mine\nrefs/notes/orchestrate/*\n", "what was there stays");
    // Journals that were never pushed survive a fetch that prunes.
    sandbox.git(&["push", "--quiet", "origin", "main"]).ok();
    sandbox.git(&["fetch", "--quiet", "--prune"]).ok();
    let plan = sandbox.git(&["rev-parse", "--verify", "refs/orchestrate/analytics-dashboard/plan"]);
    assert_eq!(plan.code, 0, "fetching deletes nothing of ours");
}

/// As `git switch` would have it, and not at the base of the run.
#[test]
fn a_branch_that_another_clone_has_pushed_is_gone_on_with() {
    const NAME: &str = "work/task-1-api-endpoints";
    let sandbox = application();
    sandbox.git(&["init", "--quiet", "--bare", "-b", "main", "../remote.git"]).ok();
    let remote = sandbox.root.with_file_name("remote.git").display().to_string();
    sandbox.git(&["remote", "add", "origin", &remote]).ok();
    sandbox.git(&["orchestrate", "start"]).ok();
    commit_in(&sandbox, FIRST_TREE, "api/analytics/one.py");
    sandbox.git_in(FIRST_TREE, &["worker", "push"]).ok();
    sandbox.git(&["push", "--quiet", "origin", "main", "refs/orchestrate/*:refs/orchestrate/*"]).ok();
    let clone = Sandbox::empty();
    clone.git(&["clone", "--quiet", &remote, "."]).ok();
    clone.git(&["fetch", "--quiet", "origin", "refs/orchestrate/*:refs/orchestrate/*"]).ok();
    let shown = clone.git(&["orchestrate", "start", "--dry-run"]).ok().out;
    let pushed = tip(&sandbox, NAME);
    assert!(shown.contains(&format!("git branch --no-track {NAME} {pushed}")), "{shown}");
    let said = clone.git(&["orchestrate", "start"]).ok().out;
    assert!(said.contains(&format!("its branch goes on from origin/{NAME} ({})", &pushed[..7])), "{said}");
    assert_eq!(tip(&clone, NAME), pushed);
    commit_in(&clone, FIRST_TREE, "api/analytics/two.py");
    clone.git_in(FIRST_TREE, &["worker", "push"]).ok();

    // Both go on: what the second is told brings it to the remote.
    commit_in(&sandbox, FIRST_TREE, "api/analytics/three.py");
    let said = sandbox.git_in(FIRST_TREE, &["worker", "push"]).fails(1).err;
    let pull = format!("git pull --no-rebase --no-edit origin {NAME}");
    assert!(said.contains(&format!("hint: it has commits of another clone: {pull}\n")), "{said}");
    assert!(!said.contains("'git pull'"), "git's advice names no branch: {said}");
    let words: Vec<&str> = pull.split(' ').skip(1).collect();
    sandbox.git_in(FIRST_TREE, &words).ok();
    sandbox.git_in(FIRST_TREE, &["worker", "push"]).ok();
    sandbox.git(&["orchestrate", "verify"]).ok();

    // Made anew, it begins at the base, and what the remote had is kept.
    clone.git(&["worktree", "unlock", FIRST_TREE]).ok();
    clone.git(&["worktree", "remove", FIRST_TREE]).ok();
    clone.git(&["branch", "--quiet", "-D", NAME]).ok();
    let said = clone.git(&["orchestrate", "start", "--recreate", "task-1"]).ok().out;
    assert!(said.contains("the branch as it was is kept at"), "{said}");
    assert_eq!(tip(&clone, NAME), tip(&clone, "main"));
}

/// What was recorded and not pushed is not given up for what was.
#[test]
fn a_branch_that_is_gone_is_not_taken_from_a_remote_that_has_less() {
    const NAME: &str = "work/task-1-api-endpoints";
    let sandbox = application();
    sandbox.git(&["init", "--quiet", "--bare", "../remote.git"]).ok();
    let remote = sandbox.root.with_file_name("remote.git").display().to_string();
    sandbox.git(&["remote", "add", "origin", &remote]).ok();
    sandbox.git(&["orchestrate", "start"]).ok();
    commit_in(&sandbox, FIRST_TREE, "api/analytics/one.py");
    sandbox.git_in(FIRST_TREE, &["worker", "push"]).ok();
    commit_in(&sandbox, FIRST_TREE, "api/analytics/two.py");
    sandbox.git(&["update-ref", "-d", &format!("refs/heads/{NAME}")]).ok();
    let said = sandbox.git(&["orchestrate", "start"]).fails(1);
    assert!(said.err.contains("is gone, though work was recorded on it up to"), "{}", said.err);
}

#[test]
fn other_layouts_and_hashes_work() {
    let sandbox = Sandbox::empty();
    sandbox.git(&["init", "--quiet", "--object-format=sha256"]).ok();
    sandbox.write("README", "hello\n");
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Start"]).ok();
    let plan = std::fs::read_to_string(fixture("analytics.toml")).expect("a plan");
    sandbox.write("../plan.toml", plan.replace("base = \"main\"", "base = \"HEAD\"\nlayout = \"feature\""));
    sandbox.git(&["orchestrate", "start", "../plan.toml"]).ok();
    let tree = ".worktrees/analytics-dashboard/task-3-frontend";
    let branch = sandbox.git_in(tree, &["symbolic-ref", "--short", "HEAD"]).ok().out;
    assert_eq!(branch, "analytics-dashboard/task-3-frontend\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]).ok().out, "");
    let said = sandbox.git(&["orchestrate", "start", "../plan.toml"]).ok();
    assert!(said.out.contains("nothing to do"), "{}", said.out);
    // Without a file, the plan is the one that was recorded.
    sandbox.git(&["worktree", "unlock", tree]).ok();
    std::fs::remove_dir_all(sandbox.root.join(tree)).expect("a worktree");
    sandbox.git(&["orchestrate", "start"]).ok();
    assert!(sandbox.root.join(tree).join("README").exists(), "what is missing is made again");
}

#[test]
fn hooks_run_in_every_worktree_and_only_there() {
    let sandbox = started();
    for task in TASKS {
        let tree = format!("worktrees/{task}");
        sandbox.write(&format!("{tree}/config.py"), "DEBUG = True\n");
        sandbox.git_in(&tree, &["add", "."]).ok();
        let said = sandbox.git_in(&tree, &["commit", "-m", "[CHECKPOINT] Configure"]).fails(1);
        assert!(said.err.contains("config.py"), "a path outside of the scope is refused: {}", said.err);
    }
    sandbox.write("config.py", "DEBUG = True\n");
    sandbox.git(&["commit", "--quiet", "-am", "Configure"]).ok();
    // What disarms a worktree is repaired by the next start.
    sandbox.git_in(FIRST_TREE, &["config", "--worktree", "core.hooksPath", "/dev/null"]).ok();
    sandbox.git(&["worktree", "unlock", FIRST_TREE]).ok();
    sandbox.git(&["worktree", "lock", "--reason", "mine", FIRST_TREE]).ok();
    sandbox.git(&["orchestrate", "start"]).ok();
    let list = sandbox.git(&["worktree", "list", "--porcelain"]).ok().out;
    assert!(list.contains("\nlocked mine\n"), "a person's lock is left to them: {list}");
    sandbox.git_in(FIRST_TREE, &["commit", "-m", "[CHECKPOINT] Configure"]).fails(1);
}

#[test]
fn a_directory_of_the_project_is_not_hidden() {
    let sandbox = application();
    let plan = sandbox.read("orchestrate.toml");
    let layout = "base = \"main\"\nbranch = \"work/{task}\"\nworktree = \"api/{task}\"";
    sandbox.write("orchestrate.toml", plan.replace("base = \"main\"", layout));
    sandbox.git(&["commit", "--quiet", "-am", "Other places"]).ok();
    sandbox.git(&["orchestrate", "start"]).ok();
    sandbox.write("api/new.py", "x\n");
    let status = sandbox.git(&["status", "--porcelain"]).ok().out;
    assert_eq!(status, "?? api/new.py\n", "worktrees are hidden, a person's new file is not");
}

#[test]
fn a_branch_that_is_gone_with_its_work_is_named() {
    let sandbox = started();
    commit_in(&sandbox, FIRST_TREE, "api/analytics/one.py");
    let tip = sandbox.git_in(FIRST_TREE, &["rev-parse", "HEAD"]).ok().out;
    let branch = sandbox.git_in(FIRST_TREE, &["symbolic-ref", "--short", "HEAD"]).ok().out;
    sandbox.git(&["update-ref", "-d", &format!("refs/heads/{}", branch.trim())]).ok();
    let said = sandbox.git(&["orchestrate", "start"]).fails(1);
    let all = format!("{}{}", said.out, said.err);
    assert!(all.contains("is gone, though work was recorded on it up to"), "{all}");
    assert!(all.contains(&format!("git branch {} {}", branch.trim(), &tip[..7])), "{all}");
    sandbox.git(&["branch", branch.trim(), tip.trim()]).ok();
    sandbox.git(&["orchestrate", "start"]).ok();
    assert_eq!(
        sandbox.git_in(FIRST_TREE, &["rev-parse", "HEAD"]).ok().out,
        tip,
        "the work goes on from there"
    );
}

#[test]
#[cfg(unix)]
fn a_hook_that_appeared_since_is_taken_in() {
    let sandbox = started();
    sandbox.install(".git/hooks/post-checkout", "#!/bin/sh\necho the-users-own-hook >&2\n");
    let checkout = ["checkout", "--quiet", "HEAD"];
    assert_eq!(sandbox.git_in(FIRST_TREE, &checkout).ok().err, "", "our directory hides it");
    sandbox.git(&["orchestrate", "start"]).ok();
    let said = sandbox.git_in(FIRST_TREE, &checkout).ok();
    assert!(said.err.contains("the-users-own-hook"), "the next start chains it: {}", said.err);
    let said = sandbox.git(&["orchestrate", "start"]).ok();
    assert!(said.out.contains("nothing to do"), "{}", said.out);
}

/// git leaves out what cannot be signed, and so does the plan's commit.
#[test]
fn who_starts_it_is_called_as_git_calls_them() {
    let names = ["Jo <jo@x.org>", "  \"Jo, Jr\"; ", "O'Neil", "<>", "J\u{f6}"];
    let addresses = ["<jo@x.org>", "jo@x.org", "'jo'@x"];
    for (name, address) in names.iter().zip(addresses.iter().cycle()) {
        let sandbox = Sandbox::repository();
        let under = |args: &[&str]| {
            let mut git = sandbox.command("git", &sandbox.root);
            for role in ["AUTHOR", "COMMITTER"] {
                git.env_remove(format!("GIT_{role}_NAME")).env_remove(format!("GIT_{role}_EMAIL"));
            }
            git.args(args);
            Said::of(git, b"")
        };
        sandbox.git(&["config", "user.name", name]).ok();
        sandbox.git(&["config", "user.email", address]).ok();
        sandbox.write("plan.toml", "run = \"r\"\n[[task]]\nname = \"one\"\nscope = [\"one/\"]\n");
        let committed = under(&["commit", "-q", "--allow-empty", "-m", "Theirs"]);
        let started = under(&["orchestrate", "start", "plan.toml"]);
        assert_eq!(committed.code == 0, started.code == 0, "{name} {address}: {}", started.err);
        if started.code != 0 {
            assert!(started.err.contains("git does not know who you are"), "{}", started.err);
            continue;
        }
        let who = |revision: &str| sandbox.git(&["log", "-1", "--format=%an <%ae> %cn", revision]).ok().out;
        assert_eq!(who("refs/orchestrate/r/plan"), who("HEAD"), "{name} {address}");
    }
}

/// Worktrees would be made there, and nobody in them found the repository.
#[test]
fn a_main_worktree_that_nothing_leads_back_from_gets_a_link() {
    let sandbox = Sandbox::repository();
    std::fs::create_dir(sandbox.root.join("../tree")).expect("a directory");
    sandbox.git(&["config", "core.worktree", "../../tree"]).ok();
    sandbox.git(&["checkout", "-q", "-f", "main"]).ok();
    sandbox.write("../plan.toml", "run = \"r\"\n[[task]]\nname = \"one\"\nscope = [\"one/\"]\n");
    let said = sandbox.git(&["orchestrate", "start", "../plan.toml"]).fails(2);
    assert!(said.err.contains("has no .git: only core.worktree leads there"), "{}", said.err);
    let remedy = said.err.lines().find_map(|line| line.strip_prefix("hint: ")).expect("a hint");
    let typed = sandbox.command("sh", &sandbox.root).args(["-c", remedy]).status().expect("a shell");
    assert!(typed.success(), "{remedy}");
    sandbox.git_in("../tree", &["orchestrate", "start", "../plan.toml"]).ok();
    assert_eq!(sandbox.git_in("../tree/worktrees/one", &["status", "--porcelain"]).ok().out, "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_repository_whose_hooks_have_no_name_is_refused_whole() {
    use std::os::unix::ffi::OsStrExt;
    let place = std::ffi::OsStr::from_bytes(b"l\xe4tin");
    let sandbox = Sandbox::empty();
    let top = sandbox.root.join(place);
    std::fs::create_dir(&top).expect("a directory");
    let git = |args: &[&str]| {
        let mut git = sandbox.command("git", &top);
        git.args(args);
        Said::of(git, b"")
    };
    git(&["init", "-q"]).ok();
    git(&["commit", "-q", "--allow-empty", "-m", "Base"]).ok();
    sandbox.write("plan.toml", "run = \"r\"\n[[task]]\nname = \"one\"\nscope = [\"one/\"]\n");
    let said = git(&["orchestrate", "start", "../plan.toml"]).fails(2);
    assert!(said.err.contains("is not UTF-8, so git's configuration cannot name the hooks"), "{}", said.err);
    assert!(said.err.contains("hint: move the repository"), "{}", said.err);
    assert_eq!(git(&["for-each-ref", "refs/orchestrate"]).ok().out, "");
    assert!(!top.join("worktrees").exists());
}
