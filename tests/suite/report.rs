//! `git orchestrate report`: its numbers are git's, and it says the same once branches are gone.

use crate::sandbox::Sandbox;

const PLAN: &str = "run = \"r\"\nbase = \"main\"\n[protocol]\nbody = \"off\"\n\
    [[task]]\nname = \"task-1-a\"\nscope = [\"a/\"]\n\
    [[task]]\nname = \"task-2-b\"\nscope = [\"b/\", \"never/\"]\n\
    [[task]]\nname = \"task-3-c\"\nscope = [\"c/\"]\n";

/// Two tasks have worked, and one has not.
fn worked() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("a/text", (0..200).map(|line| format!("line {line}\n")).collect::<String>());
    sandbox.write("a/binary", [0, 1, 2, 3]);
    sandbox.write("../plan.toml", PLAN);
    commit(&sandbox, ".", "Base");
    sandbox.git(&["orchestrate", "start", "../plan.toml"]).ok();
    let lines = (0..200).filter(|line| line % 7 != 0).map(|line| match line % 11 {
        0 => format!("changed {line}\n"),
        _ => format!("line {line}\n"),
    });
    sandbox.write("worktrees/task-1-a/a/text", lines.collect::<String>());
    sandbox.write("worktrees/task-1-a/a/binary", [0, 4]);
    commit(&sandbox, "worktrees/task-1-a", "[CHECKPOINT] Some");
    sandbox.write("worktrees/task-1-a/a/without end", "one\ntwo");
    commit(&sandbox, "worktrees/task-1-a", "[COMPLETE] First\n\nSummary of changes:\n- Less text\n");
    sandbox.write("worktrees/task-2-b/b/new", "1\n2\n3\n");
    commit(&sandbox, "worktrees/task-2-b", "[COMPLETE] Second");
    sandbox
}

fn commit(sandbox: &Sandbox, place: &str, message: &str) {
    sandbox.git_in(place, &["add", "."]).ok();
    sandbox.git_in(place, &["commit", "--quiet", "-m", message]).ok();
}

fn report(sandbox: &Sandbox) -> serde_json::Value {
    let said = sandbox.git(&["orchestrate", "report", "--format", "json"]).ok().out;
    serde_json::from_str(&said).expect("JSON")
}

/// Lines added and removed by each commit of a branch, as git counts.
fn gits(sandbox: &Sandbox, branch: &str) -> (u64, u64) {
    let said = sandbox.git(&["log", "--numstat", "--format=", &format!("main..{branch}")]).ok().out;
    let mut counted = (0, 0);
    for line in said.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split('\t').map(|word| word.parse().unwrap_or(0));
        counted.0 += words.next().unwrap_or(0);
        counted.1 += words.next().unwrap_or(0);
    }
    counted
}

#[test]
fn lines_are_counted_as_git_counts() {
    let sandbox = worked();
    let report = report(&sandbox);
    for (place, branch) in ["work/task-1-a", "work/task-2-b", "work/task-3-c"].iter().enumerate() {
        let task = &report["tasks"][place];
        let ours = (task["lines_added"].as_u64(), task["lines_removed"].as_u64());
        let (added, removed) = gits(&sandbox, branch);
        assert_eq!(ours, (Some(added), Some(removed)), "{branch}");
    }
    assert_eq!(report["tasks"][0]["summary"], serde_json::json!(["First", "Less text"]));
    assert_eq!((&report["tasks"][0]["paths"], &report["tasks"][0]["commits"]), (&3.into(), &2.into()));
    assert_eq!(report["tasks"][2]["seconds"], serde_json::Value::Null, "who has no commit took no time");
    assert_eq!(report["drift"]["tasks"][0]["untouched"], serde_json::json!(["never/"]));
    assert_eq!(report["overall"], serde_json::Value::Null, "nothing is merged yet");
}

#[test]
fn it_says_the_same_after_the_clean_up() {
    let sandbox = worked();
    sandbox.git(&["orchestrate", "integrate", "--only-complete", "--exec", "true"]).ok();
    sandbox.git(&["orchestrate", "integrate", "--land", "--only-complete"]).ok();
    let before = report(&sandbox);
    assert_eq!(before["tests"][0]["command"], "true");
    assert_eq!(before["merges"].as_array().map(Vec::len), Some(3), "two steps and a landing");
    sandbox.git(&["orchestrate", "cleanup", "--force"]).ok();
    assert_eq!(sandbox.git(&["for-each-ref", "refs/heads/work"]).ok().out, "");
    let after = report(&sandbox);
    for key in ["tests", "merges", "development", "overall"] {
        assert_eq!(after[key], before[key], "{key}");
    }
    for place in [0, 1] {
        assert_eq!(after["tasks"][place], before["tasks"][place]);
    }
}

#[test]
fn every_form_says_the_same() {
    let sandbox = worked();
    for (format, sign) in [("text", "task-1-a"), ("markdown", "| task-1-a |"), ("html", "<td>task-1-a</td>")]
    {
        let said = sandbox.git(&["orchestrate", "report", "--format", format]).ok().out;
        for part in [sign, "First", "never/"] {
            assert!(said.contains(part), "{format}: {part}: {said}");
        }
    }
    let said = sandbox.git(&["orchestrate", "report", "--run", "other"]).fails(2);
    assert!(said.err.contains("there is no run \"other\""), "{}", said.err);
}
