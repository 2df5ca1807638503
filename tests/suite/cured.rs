//! What `git orchestrate verify` says to do about a violation cures it, typed as it is printed.

use crate::armed::{Armed, PLAN};
use crate::sandbox::Said;

const MODELS: &str = "task-2-models";

/// `sneak` is git without any hook; `smuggle` commits all that is there so; `main` does something on
/// the base; `merge` merges that without a commit.
const PRELUDE: &str = r#"set -e
sneak() { git -c core.hooksPath=/dev/null "$@"; }
smuggle() { git add -A .; sneak commit -qm "${1:-[CHECKPOINT] Sneak}"; }
main() { (cd "$MAIN" && eval "$1" && git add -A . ':!worktrees' && git commit -qm "Base moves"); }
merge() { sneak merge -q --no-ff --no-commit main >&2 || true; }
"#;

/// Types every remedy that `$ASK` prints, in their order.
const REMEDY: &str = r#"
$ASK >"$TMP/said" 2>&1 && { echo "nothing is wrong"; exit 9; }
sed -nE 's/^hint: (first|to reword it|to take it back|.*; take it back|.* not reworded|then|make .* again): //p' "$TMP/said" \
    >"$TMP/remedy"
test -s "$TMP/remedy" || { cat "$TMP/said"; exit 8; }
mkdir -p deep/below && cd deep/below
edited=$(sed -n 's/^hint: \(.......\).* is to be edited there.*/\1/p' "$TMP/said")
export GIT_SEQUENCE_EDITOR="sed -i -e 's/^pick ${edited:-none}/edit X/;s/^pick/reword/;s/edit X/edit $edited/'"
export GIT_EDITOR='sed -i s/^Quick/[CHECKPOINT]/'
bash -ex "$TMP/remedy"
"#;

fn shell(run: &Armed, script: &str) -> Said {
    let mut shell = run.sandbox.command("bash", &run.path(MODELS));
    shell.env("MAIN", &run.sandbox.root).env("TMP", run.sandbox.root.parent().expect("a home"));
    shell.args(["-c", &format!("{PRELUDE}{script}")]);
    Said::of(shell, b"")
}

#[track_caller]
fn cures_in(plan: &str, rule: &str, script: &str) -> Armed {
    let run = Armed::with_plan(plan);
    shell(&run, script).ok();
    let said = run.sandbox.git(&["orchestrate", "verify", "task-2"]).fails(1).out;
    assert!(said.contains(&format!("error    {rule}")), "{rule} is found\n{said}");
    let typed = shell(&run, &format!("ASK='git orchestrate verify task-2'{REMEDY}"));
    assert_eq!(typed.code, 0, "{script}\n{said}\n{}{}", typed.out, typed.err);
    let after = run.sandbox.git(&["orchestrate", "verify", "task-2"]);
    assert_eq!(after.code, 0, "{script}\n{said}\n{}{}\n{}", typed.out, typed.err, after.out);
    run
}

/// The remedy cures, and does so behind a COMPLETE as well.
#[track_caller]
fn cures(rule: &str, script: &str) -> Armed {
    cures_in(PLAN, rule, &format!("{script}\nsneak commit -q --allow-empty -m '[COMPLETE] Done'"));
    cures_in(PLAN, rule, script)
}

#[test]
fn commits_are_cured() {
    cures("scope/outside", "echo mine >>README.txt; echo m >>models/m.py; smuggle");
    cures("scope/outside", "echo new >'odd*[1] name'; smuggle");
    cures("scope/outside", "git rm -q README.txt; smuggle");
    cures("scope/protected", "echo '*' >models/.gitattributes; smuggle");
    cures("scope/append", "echo import b >imports.py; smuggle");
    cures("path/unportable", "echo >models/CON.py; smuggle");
    cures("path/collision", "echo >models/M.py; smuggle");
    cures("scope/symlink", "ln -s /etc/passwd models/link; smuggle");
    cures(
        "scope/submodule",
        "git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),models/sub; sneak commit -qm '[CHECKPOINT] Sneak'",
    );
    let run = cures(
        "scope/append",
        "echo import own >>imports.py; smuggle; echo evil >>imports.py; echo m >>models/m.py; smuggle",
    );
    assert_eq!(run.git(MODELS, &["show", "HEAD:imports.py"]).ok().out, "import a\nimport b\nimport own\n");
    assert!(run.git(MODELS, &["show", "HEAD:models/m.py"]).ok().out.ends_with("m\n"), "the work stays");
}

/// It is a branch at its own commit again, whatever it stood for.
#[test]
fn a_symbolic_branch_is_cured() {
    let symbolic = "git symbolic-ref refs/heads/work/task-2-models refs/heads";
    let work = "echo m >>models/m.py; smuggle '[CHECKPOINT] Work'";
    let is_there = |run: &Armed, subject: &str| {
        assert_eq!(run.git(MODELS, &["log", "-1", "--format=%s", "work/task-2-models"]).ok().out, subject);
        assert_eq!(run.git(MODELS, &["symbolic-ref", "HEAD"]).ok().out, "refs/heads/work/task-2-models\n");
        assert_ne!(run.git(MODELS, &["symbolic-ref", "-q", "refs/heads/work/task-2-models"]).code, 0);
        assert_eq!(run.git(MODELS, &["status", "--porcelain"]).ok().out, "");
    };
    let run = cures("branch/symbolic", &format!("{work}; git branch zz; {symbolic}/zz"));
    is_there(&run, "[CHECKPOINT] Work\n");
    for target in ["main", "none"] {
        let run = cures_in(PLAN, "branch/symbolic", &format!("{work}; {symbolic}/{target}"));
        is_there(&run, "[CHECKPOINT] Work\n");
    }
    let forget = "rm $MAIN/.git/logs/refs/heads/work/task-2-models";
    let run = cures("branch/symbolic", &format!("{work}; git branch zz; {symbolic}/zz; {forget}"));
    is_there(&run, "[CHECKPOINT] Work\n");
}

#[test]
fn several_commits_are_cured_at_once() {
    cures("scope/append", "echo import b >imports.py; smuggle; : >imports.py; echo x >>README.txt; smuggle");
    cures("scope/outside", "echo x >>README.txt; smuggle; echo y >>README.txt; smuggle");
    cures(
        "scope/outside",
        "echo x >>README.txt; smuggle; main 'echo base >>api/a.py'; merge; sneak commit -qm Merge",
    );
}

#[test]
fn messages_are_cured_with_what_they_came_with() {
    cures("message/prefix", "echo m >>models/m.py; smuggle 'Quick fix'");
    let two =
        "echo x >>README.txt; echo x >>new; smuggle 'Quick fix'; echo m >>models/m.py; smuggle 'Quick other'";
    let run = cures("message/prefix", two);
    let subjects = run.git(MODELS, &["log", "--format=%s", "main.."]).ok().out;
    assert_eq!(subjects, "[CHECKPOINT] other\n[CHECKPOINT] fix\n", "nothing is there twice");
    cures("message/prefix", "echo m >>models/m.py; echo x >>new; smuggle 'Quick fix'");
}

#[test]
fn it_is_cured_where_each_commit_must_list_its_files() {
    let plan = PLAN.replace("body = \"off\"", "body = \"require\"");
    let files = |path: &str| format!("'[CHECKPOINT] Sneak\n\nFiles changed:\n- {path}'");
    let change = format!("echo x >>README.txt; smuggle {}", files("README.txt"));
    cures_in(&plan, "scope/outside", &change);
    let apart = format!("echo m >>models/m.py; smuggle {}", files("models/m.py"));
    let merge = "main 'echo base >>api/a.py'; merge; echo evil >>README.txt; smuggle Merge";
    let run = cures_in(&plan, "merge/altered", &format!("{apart}; {merge}"));
    run.write(MODELS, "README.txt", "mine\n");
    run.git(MODELS, &["add", "README.txt"]).ok();
    let said = run.git(MODELS, &["worker", "checkpoint", "-m", "Not mine"]).fails(1);
    assert!(said.err.contains("README.txt is outside the scope"), "only what is put back: {}", said.err);
}

#[test]
fn a_refused_push_says_the_same() {
    let scripts = [
        "echo x >>README.txt; smuggle",
        "echo x >>README.txt; smuggle 'Quick fix'; echo m >>models/m.py; smuggle 'Quick other'",
    ];
    for script in scripts {
        let run = Armed::new();
        let remote = "git init -q --bare \"$TMP/remote\"; git remote add origin \"$TMP/remote\"";
        shell(&run, &format!("{remote}\n{script}")).ok();
        shell(&run, &format!("ASK='git push -q origin HEAD'{REMEDY}")).ok();
        run.git(MODELS, &["push", "-q", "origin", "HEAD"]).ok();
    }
}

#[test]
fn merges_are_cured() {
    let grown = "echo import own >>imports.py; smuggle; main 'echo import main >>imports.py'; merge";
    let run = cures("scope/append", &format!("{grown}; git checkout --ours imports.py; smuggle Merge"));
    assert_eq!(
        run.git(MODELS, &["show", "HEAD:imports.py"]).ok().out,
        "import a\nimport b\nimport main\n",
        "what was merged stays"
    );
    let apart = "echo m >>models/m.py; smuggle; main 'echo import main >>imports.py'; merge";
    cures("scope/append", &format!("{apart}; echo 'import a' >imports.py; smuggle Merge"));
    cures("scope/append", &format!("{apart}; echo evil >>imports.py; smuggle Merge"));
    let both = "mkdir -p fresh; echo own >fresh/x; smuggle; main 'mkdir fresh; echo theirs >fresh/x'; merge";
    cures("scope/create", &format!("{both}; echo both >fresh/x; smuggle Merge"));
    cures("scope/create", &format!("{both}; echo own >fresh/x; smuggle Merge"));
    cures("scope/create", &format!("{both}; git rm -qf fresh/x; smuggle Merge"));
    let brought = "echo m >>models/m.py; smuggle; main 'mkdir fresh; echo theirs >fresh/x'; merge";
    cures("scope/create", &format!("{brought}; echo other >fresh/x; smuggle Merge"));
    let met = "echo >models/new.py; smuggle; main 'echo >models/NEW.py'; merge; smuggle Merge";
    cures("path/collision", met);
    cures("path/unportable", &format!("{apart}; echo >models/CON.py; smuggle Merge"));
    cures("scope/symlink", &format!("{apart}; ln -s /etc models/l; smuggle Merge"));
    cures("merge/altered", &format!("{apart}; echo evil >>README.txt; smuggle Merge"));
}

#[test]
fn what_another_clone_of_the_branch_brings_is_cured() {
    let elsewhere = |change: &str| {
        format!(
            "git config remote.origin.url x; git config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'
            git checkout -q --detach; {change}; smuggle
            git update-ref refs/remotes/origin/work/task-2-models HEAD; git checkout -q work/task-2-models
            echo m >>models/m.py; smuggle; sneak merge -q --no-edit origin/work/task-2-models"
        )
    };
    cures("scope/outside", &elsewhere("echo x >>README.txt"));
    cures("scope/append", &elsewhere("echo evil >>imports.py"));
    let merged = "main 'echo base >>README.txt'; merge; sneak commit -qm Merge; echo x >>README.txt";
    let run = cures("scope/outside", &elsewhere(merged));
    let readme = run.git(MODELS, &["show", "HEAD:README.txt"]).ok().out;
    assert_eq!(readme, "one\ntwo\nthree\nbase\n", "what the base brought stays");
}
