//! `git orchestrate integrate --exec`, `--batch` and evidence: only what passes is merged, and whoever
//! breaks it is named.

use crate::sandbox::{Said, Sandbox};

/// Leaves a line behind and fails where a task has brought something bad.
const CHECK: &str = "echo run >> ../../../runs; ! grep -rqs bad t1 t2 t3 t4 t5";

/// Five finished tasks, of which the third builds on the second; those in `bad` break [`CHECK`].
pub fn five(protocol: &str, bad: &[usize]) -> Sandbox {
    let sandbox = Sandbox::repository();
    let mut plan = format!("run = \"r\"\nbase = \"main\"\n[protocol]\nbody = \"off\"\n{protocol}\n");
    for number in 1..=5 {
        let needs = if number == 3 { "needs = [\"task-2/thing\"]\n" } else { "" };
        plan += &format!(
            "[[task]]\nname = \"task-{number}-x\"\nscope = [\"t{number}/\", {{ path = \"all\", shared = true }}]\nprovides = [\"thing\"]\n{needs}"
        );
    }
    sandbox.write("orchestrate.toml", plan);
    sandbox.write("all", "one\n");
    commit(&sandbox, ".", "Base");
    sandbox.git(&["orchestrate", "start", "--yes"]).ok();
    for number in 1..=5 {
        let place = format!("worktrees/task-{number}-x");
        let text = if bad.contains(&number) { "bad\n" } else { "good\n" };
        sandbox.write(&format!("{place}/t{number}/f"), text);
        if protocol.is_empty() {
            commit(&sandbox, &place, "[COMPLETE] Done");
        } else {
            sandbox.git_in(&place, &["worker", "complete", "-m", "Done"]).ok();
        }
    }
    sandbox
}

pub fn commit(sandbox: &Sandbox, place: &str, message: &str) {
    sandbox.git_in(place, &["add", "."]).ok();
    sandbox.git_in(place, &["commit", "--quiet", "-m", message]).ok();
}

pub fn integrate(sandbox: &Sandbox, args: &[&str]) -> Said {
    sandbox.git(&[&["orchestrate", "integrate"], args].concat())
}

/// Whose work the integration branch holds, in order.
pub fn merged(sandbox: &Sandbox) -> String {
    let log = ["log", "--first-parent", "--reverse", "--format=%s", "main..integration/r"];
    let log = sandbox.git(&log).out;
    log.lines()
        .map(|subject| subject.trim_start_matches("Merge task-").trim_end_matches(": X").to_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// How often the command has run since the last time.
fn runs(sandbox: &Sandbox) -> usize {
    let path = sandbox.root.join(".git/runs");
    let runs = std::fs::read_to_string(&path).unwrap_or_default().lines().count();
    let _ = std::fs::remove_file(path);
    runs
}

/// What the orchestrator's journal says of tests, oldest first: task, event and first two lines.
fn told(sandbox: &Sandbox) -> Vec<String> {
    let log = ["log", "--reverse", "--format=%B%x00", "refs/orchestrate/r/journal/orchestrator"];
    let log = sandbox.git(&log).ok().out;
    let entries = log.split('\0').map(str::trim);
    let tests = entries.filter(|entry| entry.contains("Event: tested") || entry.contains("Event: evidence"));
    let short = |entry: &str| {
        let lines: Vec<&str> = entry.lines().collect();
        let how = lines[3].split(',').next().unwrap_or_default();
        format!("{}, {}, {how}", lines[0], lines[2].split(':').next().unwrap_or_default())
    };
    tests.map(short).collect()
}

fn is_over(sandbox: &Sandbox) {
    assert!(!sandbox.root.join(".git/orchestrate/integrate").exists(), "the private worktree is gone");
    let remembered = sandbox.git(&["rev-parse", "--verify", "--quiet", "refs/orchestrate/r/integration"]);
    assert_ne!(remembered.code, 0, "nothing is in progress");
    assert_eq!(sandbox.git(&["status", "--porcelain"]).ok().out, "", "the checkout stays");
}

#[test]
fn who_breaks_a_command_is_left_out_with_dependents() {
    let sandbox = five("", &[2]);
    let said = integrate(&sandbox, &["--exec", CHECK]).fails(1);
    assert_eq!(merged(&sandbox), "1 4 5");
    assert!(said.out.contains("Left out: task-2-x fails `echo run"), "{}", said.out);
    assert!(
        said.out.contains("Left out: task-3-x builds on task-2-x, which does not take part"),
        "{}",
        said.out
    );
    assert!(said.out.contains("[ ] All worker branches merged"), "{}", said.out);
    assert_eq!(runs(&sandbox), 5, "once for each that was tried, and once more for the one that fails");
    let expect = [
        "task-1-x: tested, passed, at the first try",
        "task-2-x: tested, failed, twice",
        "task-4-x: tested, passed, at the first try",
        "task-5-x: tested, passed, at the first try",
    ];
    assert_eq!(told(&sandbox), expect);
    is_over(&sandbox);

    // The others stay, and once it is mended the rest follows.
    let place = "worktrees/task-2-x";
    sandbox.write(&format!("{place}/t2/f"), "mended\n");
    sandbox.git_in(place, &["worker", "reopen"]).ok();
    commit(&sandbox, place, "[COMPLETE] Mended");
    integrate(&sandbox, &["--exec", CHECK]).ok();
    assert_eq!(merged(&sandbox), "1 4 5 2 3");
    integrate(&sandbox, &["--land"]).ok();
}

#[test]
fn a_batch_is_halved_to_the_culprit() {
    let sandbox = five("", &[4]);
    let said = integrate(&sandbox, &["--batch", "5", "--exec", CHECK]).fails(1);
    // By waves: 1 2 4 5, then 3.
    assert_eq!(merged(&sandbox), "1 2 5 3");
    assert!(said.out.contains("task-4-x fails"), "{}", said.out);
    // Twice for the whole; 2 steps of 5 pass, 3 fail twice; then what is left.
    assert_eq!(runs(&sandbox), 2 + 1 + 2 + 1);
    let log = ["log", "-g", "--format=%gs", "integration/r"];
    let log = sandbox.git(&log).ok().out;
    let steps = [
        "integrate: merge task-3-x",
        "integrate: merge task-5-x",
        "integrate: merge task-2-x",
        "integrate: merge task-1-x",
    ];
    assert_eq!(log.lines().collect::<Vec<_>>(), steps, "every state is in the reflog");
    is_over(&sandbox);

    let json = integrate(&sandbox, &["--batch", "9", "--exec", CHECK, "--format", "json"]).fails(1).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let step = &json["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .find(|step| step["task"] == "task-4-x")
        .expect("it was tried");
    assert_eq!(
        (&step["result"], &step["command"], &step["code"]),
        (&"exec-failed".into(), &CHECK.into(), &1.into())
    );
    integrate(&sandbox, &["--batch", "0", "--exec", "true"]).fails(2);
}

#[test]
fn every_culprit_of_a_batch_is_found() {
    let sandbox = five("", &[1, 2, 5]);
    integrate(&sandbox, &["--batch", "4", "--exec", CHECK]).fails(1);
    assert_eq!(merged(&sandbox), "4");
    let sandbox = five("", &[1, 2, 4, 5]);
    integrate(&sandbox, &["--exec", CHECK]).fails(1);
    assert_eq!(merged(&sandbox), "", "nobody is left, and that is no error");
    is_over(&sandbox);
}

#[test]
fn a_flaky_command_gets_a_second_try_and_that_is_said() {
    let sandbox = five("", &[]);
    let flaky = "test -e ../../../seen || { touch ../../../seen; exit 1; }";
    let said = integrate(&sandbox, &["--batch", "5", "--exec", flaky]).ok();
    assert_eq!(merged(&sandbox), "1 2 4 5 3");
    assert!(said.out.contains("failed once after task-3 and passed when it ran again"), "{}", said.out);
    assert_eq!(told(&sandbox), ["task-3-x: tested, passed, at the second try"]);
    // What a try leaves behind is not there in the next one.
    let sandbox = five("", &[]);
    integrate(&sandbox, &["--exec", "touch left; false"]).fails(1);
    integrate(&sandbox, &["--exec", "test ! -e left && touch left"]).ok();
}

#[test]
fn nobody_is_blamed_for_what_was_broken_before() {
    let sandbox = five("", &[]);
    let said = integrate(&sandbox, &["--exec", "false"]).fails(1);
    assert!(said.err.contains("so no task is to blame"), "{}", said.err);
    assert_eq!(merged(&sandbox), "", "nothing is merged");
    is_over(&sandbox);
    // Where a step mends it, that step passes.
    integrate(&sandbox, &["--exec", "test -e t1/f"]).ok();
    assert_eq!(merged(&sandbox), "1 2 4 5 3");
}

#[test]
fn evidence_is_asked_for_once_for_each_tree() {
    let protocol = r#"evidence = ["git rev-parse --git-common-dir > /dev/null && echo run >> \"$(git rev-parse --git-common-dir)/runs\""]"#;
    let sandbox = five(protocol, &[]);
    assert_eq!(runs(&sandbox), 5, "each worker has shown it");
    integrate(&sandbox, &[]).ok();
    assert_eq!(runs(&sandbox), 1, "it runs once, on the merged result");
    assert_eq!(told(&sandbox), ["task-3-x: evidence, passed, at the first try"]);
    integrate(&sandbox, &[]).ok();
    assert_eq!(runs(&sandbox), 0, "it is known for this tree");

    // What is not known is not landed, and what nobody accepted does not run.
    sandbox.git(&["update-ref", "-d", "refs/orchestrate/r/journal/orchestrator"]).ok();
    let said = integrate(&sandbox, &["--land"]).fails(1);
    assert!(said.err.contains("evidence is missing"), "{}", said.err);
    std::fs::remove_file(sandbox.root.join(".git/orchestrate/accepted.json")).expect("it was accepted");
    let said = integrate(&sandbox, &["--reuse"]).fails(2);
    assert!(said.err.contains("--yes"), "{}", said.err);
    assert_eq!(runs(&sandbox), 0);
    integrate(&sandbox, &["--reuse", "--yes"]).ok();
    assert_eq!(runs(&sandbox), 1);
    integrate(&sandbox, &["--land"]).ok();
}

#[test]
fn what_lands_is_what_was_tested() {
    let sandbox = five("", &[]);
    integrate(&sandbox, &["--exec", CHECK]).ok();
    sandbox.write("elsewhere", "new\n");
    commit(&sandbox, ".", "Move on");
    let before = sandbox.git(&["rev-parse", "main"]).ok().out;
    let said = integrate(&sandbox, &["--land"]).fails(1);
    assert!(
        said.err.contains("main has 1 new commit that integration/r was not tested with"),
        "{}",
        said.err
    );
    assert!(said.err.contains("git orchestrate integrate --undo task-1\n"), "{}", said.err);
    assert!(said.err.contains("--exec 'echo run"), "what is to be run again is said: {}", said.err);
    assert_eq!(sandbox.git(&["rev-parse", "main"]).ok().out, before, "the base stays");
    runs(&sandbox);
    integrate(&sandbox, &["--undo", "task-1"]).ok();
    let said = integrate(&sandbox, &["--batch", "5", "--exec", CHECK]).ok();
    assert!(said.out.contains("from main ("), "it starts from the base as it is now: {}", said.out);
    assert_eq!(runs(&sandbox), 1);
    integrate(&sandbox, &["--land"]).ok();
    let subject = sandbox.git(&["log", "-1", "--format=%s", "main"]).ok().out;
    assert_eq!(subject, "Merge r: parallel implementation complete\n");
    assert_eq!(sandbox.read("elsewhere"), "new\n");
    assert_eq!(sandbox.read("t5/f"), "good\n");
}

/// The commits on which a command has run, in the journal's word, with how it ended. Each entry must
/// name the tree of the commit that it names.
fn tested(sandbox: &Sandbox) -> Vec<(String, bool)> {
    let log = ["log", "--reverse", "--format=%B%x00", "refs/orchestrate/r/journal/orchestrator"];
    let log = sandbox.git(&log).ok().out;
    let mut found = Vec::new();
    for entry in log.split('\0').filter(|entry| entry.contains("Event: tested")) {
        let commit_id = entry.split("on the result ").nth(1).expect("a commit")[..40].to_owned();
        let tree_id = sandbox.git(&["rev-parse", &format!("{commit_id}^{{tree}}")]).ok().out;
        assert!(entry.contains(tree_id.trim()), "the tree is that of the commit: {entry}");
        found.push((commit_id, entry.contains("passed")));
    }
    found
}

#[test]
fn the_journal_names_exactly_the_results_that_were_tested() {
    let sandbox = five("", &[4]);
    integrate(&sandbox, &["--batch", "5", "--exec", CHECK]).fails(1);
    assert_eq!(merged(&sandbox), "1 2 5 3");
    let chain = ["log", "--first-parent", "--reverse", "--format=%H", "main..integration/r"];
    let chain = sandbox.git(&chain).ok().out;
    let chain: Vec<&str> = chain.lines().collect();
    let tested = tested(&sandbox);
    let passed: Vec<&str> = tested.iter().filter(|(_, passed)| *passed).map(|(id, _)| id.as_str()).collect();
    // The second step is the last that passes before the culprit, and the last is the end of a batch; of
    // the other states nothing is said.
    assert_eq!(passed, [chain[1], chain[3]]);
    for (id, _) in tested.iter().filter(|(_, passed)| !passed) {
        assert!(!chain.contains(&id.as_str()), "no state of the branch has failed");
    }
}

#[test]
fn a_batch_passes_where_a_later_step_mends_an_earlier_one() {
    let sandbox = five("", &[2]);
    // The fifth makes up for the second.
    let command = "test -e t5/f || ! grep -qs bad t2/f";
    integrate(&sandbox, &["--batch", "5", "--exec", command]).ok();
    assert_eq!(merged(&sandbox), "1 2 4 5 3", "what is tested passes");
    let sandbox = five("", &[2]);
    integrate(&sandbox, &["--exec", command]).fails(1);
    assert_eq!(merged(&sandbox), "1 4 5", "who wants each step to pass tests each");
}

#[test]
fn a_flaky_command_is_tried_again_while_a_batch_is_halved() {
    let sandbox = five("", &[4]);
    // Fails for good with the fourth task, and else at the first try for every second tree.
    let flaky = "! grep -qs bad t4/f && { test -e ../../../seen && rm ../../../seen || { touch ../../../seen; exit 1; }; }";
    let said = integrate(&sandbox, &["--batch", "5", "--exec", flaky]).fails(1);
    assert_eq!(merged(&sandbox), "1 2 5 3", "the culprit is the same: {}", said.out);
    assert!(said.out.contains("failed once after task-2 and passed when it ran again"), "{}", said.out);
}

#[test]
fn two_that_fail_only_together_cost_the_later_one() {
    let sandbox = five("", &[]);
    let command = "! { test -e t1/f && test -e t4/f; }";
    integrate(&sandbox, &["--batch", "5", "--exec", command]).fails(1);
    assert_eq!(merged(&sandbox), "1 2 5 3");
}

#[test]
fn status_knows_of_an_integration_that_was_killed() {
    let sandbox = five("", &[]);
    // The command kills who runs it.
    let killed = integrate(&sandbox, &["--exec", "! test -e t2 || test -e ../../../ok || kill -9 $PPID"]);
    assert_ne!(killed.code, 0);
    let status = || sandbox.git(&["orchestrate", "status"]).ok().out;
    let said = status();
    assert!(said.contains("1. Let the integration that has begun go on"), "{said}");
    assert!(!said.contains("Merge the finished work"), "{said}");
    let json = sandbox.git(&["orchestrate", "status", "--format", "json"]).ok().out;
    assert!(json.contains("\"go-on\""), "{json}");
    sandbox.write(".git/ok", "");
    crate::salvage::typed(&sandbox, &said.replace("     git", "Typed: git"), "Typed: ");
    assert_eq!(merged(&sandbox), "1 2 4 5 3");
    assert!(!status().contains("go on"), "{}", status());
}

#[test]
fn what_is_tested_is_whole_where_the_persons_own_files_are_not() {
    for how in [&["sparse-checkout", "set", "other"][..], &["config", "core.sparseCheckout", "true"]] {
        let sandbox = five("", &[2]);
        sandbox.git(how).ok();
        integrate(&sandbox, &["--exec", CHECK]).fails(1);
        assert_eq!(merged(&sandbox), "1 4 5", "who breaks it is seen");
        assert_ne!(sandbox.git(&["config", "core.sparseCheckout"]).ok().out, "false\n", "theirs stays");
    }
}
