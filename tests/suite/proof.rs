//! What counts as merged for `cleanup`: squashed, rebased, picked, reverted, each held against git.

use crate::sandbox::{Said, Sandbox};

const TREE: &str = "worktrees/task-1-one";
const WORK: &str = "work/task-1-one";

/// A run of one task that has committed twice and then, without a change, that it is complete.
fn worked() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("one/list", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    sandbox.write("one/tool", "t\n");
    sandbox.write("other", "o\n");
    let plan = "run = \"r\"\nbase = \"main\"\n[protocol]\nbody = \"off\"\n\
                [[task]]\nname = \"task-1-one\"\nscope = [\"one/\"]\n";
    sandbox.write("orchestrate.toml", plan);
    commit(&sandbox, ".", "Base");
    sandbox.git(&["orchestrate", "start", "--yes"]).ok();
    sandbox.write(&format!("{TREE}/one/list"), "one\n2\n3\n4\n5\n6\n7\n8\n9\n");
    commit(&sandbox, TREE, "[CHECKPOINT] First");
    sandbox.write(&format!("{TREE}/one/list"), "one\n2\n3\n4\n5\n6\n7\n8\nnine\n");
    sandbox.write(&format!("{TREE}/one/new"), "n\n");
    commit(&sandbox, TREE, "[CHECKPOINT] Second");
    sandbox.git_in(TREE, &["commit", "--quiet", "--allow-empty", "-m", "[COMPLETE] All of it"]).ok();
    sandbox
}

fn commit(sandbox: &Sandbox, place: &str, message: &str) {
    sandbox.git_in(place, &["add", "--all"]).ok();
    sandbox.git_in(place, &["commit", "--quiet", "-m", message]).ok();
}

/// A commit on the base.
fn base(sandbox: &Sandbox, path: &str, content: &str) {
    sandbox.write(path, content);
    commit(sandbox, ".", "On the base");
}

fn squash(sandbox: &Sandbox) {
    sandbox.git(&["merge", "--quiet", "--squash", WORK]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Squashed"]).ok();
}

fn pick(sandbox: &Sandbox, commits: &[&str]) {
    for name in commits {
        sandbox.git(&["cherry-pick", "--allow-empty", name]).ok();
    }
}

/// The base changes the lines that the task changed, once more.
fn build_upon(sandbox: &Sandbox) {
    base(sandbox, "one/list", "ONE\n2\n3\n4\n5\n6\n7\n8\nNINE\n");
}

fn cleanup(sandbox: &Sandbox) -> Said {
    sandbox.git(&["orchestrate", "cleanup", "--run", "r"])
}

/// What git says: merging the branch gives the base's own tree.
fn adds_nothing(sandbox: &Sandbox) -> bool {
    let merged = sandbox.git(&["merge-tree", "--write-tree", "main", WORK]);
    merged.code == 0 && merged.out == sandbox.git(&["rev-parse", "main^{tree}"]).ok().out
}

/// What git says: every commit with a change, or all of them as one, is in the base as a patch.
fn same_patches(sandbox: &Sandbox) -> bool {
    let each = sandbox.git(&["cherry", "main", WORK]).ok().out;
    let with_change = each.lines().filter(|line| {
        let id = line.rsplit(' ').next().expect("an id");
        !sandbox.git(&["diff-tree", "--no-commit-id", "-r", id]).ok().out.is_empty()
    });
    let patch = |diff: Said| {
        let mut git = sandbox.command("git", &sandbox.root);
        git.args(["patch-id", "--stable"]);
        Said::of(git, diff.ok().out.as_bytes()).ok().out.split(' ').next().unwrap_or_default().to_owned()
    };
    let whole = patch(sandbox.git(&["diff", "--full-index", &format!("main...{WORK}")]));
    let since = sandbox.git(&["rev-list", "--no-merges", &format!("{WORK}..main")]).ok().out;
    let is_squashed = |id| patch(sandbox.git(&["diff-tree", "-p", "--full-index", id])).eq(&whole);
    with_change.clone().count() == with_change.filter(|line| line.starts_with('-')).count()
        || since.lines().any(is_squashed)
}

/// The branch goes, with a backup; git agrees.
#[track_caller]
fn goes(what: &str, change: impl Fn(&Sandbox)) {
    let sandbox = worked();
    change(&sandbox);
    let tip = sandbox.git(&["rev-parse", WORK]).ok().out;
    let is_ancestor = sandbox.git(&["merge-base", "--is-ancestor", WORK, "main"]).code == 0;
    let proved = is_ancestor || adds_nothing(&sandbox) || same_patches(&sandbox);
    assert!(proved, "{what}: git sees a proof, too");
    let said = cleanup(&sandbox);
    assert_eq!(said.code, 0, "{what}: {}{}", said.out, said.err);
    assert!(!sandbox.root.join(TREE).exists(), "{what}: the worktree goes with it");
    let backup = sandbox.git(&["rev-parse", "refs/orchestrate/r/backup/task-1-one/1"]).ok().out;
    assert_eq!(backup, tip, "{what}: a backup is kept");
}

/// The branch stays and it is said why.
#[track_caller]
fn stays(what: &str, why: &str, change: impl Fn(&Sandbox)) {
    let sandbox = worked();
    change(&sandbox);
    let tip = sandbox.git(&["rev-parse", WORK]).ok().out;
    let said = cleanup(&sandbox).fails(1);
    assert!(said.out.contains(why), "{what}: {why}: {}", said.out);
    assert_eq!(sandbox.git(&["rev-parse", WORK]).ok().out, tip, "{what}: the branch is where it was");
    assert!(sandbox.root.join(TREE).exists(), "{what}: so is the worktree");
}

#[test]
fn squashed_work_is_merged() {
    goes("squashed", squash);
    goes("squashed, then others changed other lines", |sandbox| {
        squash(sandbox);
        base(sandbox, "other", "more\n");
    });
    goes("squashed, then others built upon it", |sandbox| {
        base(sandbox, "other", "more\n");
        squash(sandbox);
        build_upon(sandbox);
        assert!(!adds_nothing(sandbox), "only the patch as a whole proves it");
    });
}

#[test]
fn rebased_work_is_merged() {
    goes("picked", |sandbox| {
        base(sandbox, "other", "more\n");
        pick(sandbox, &[&format!("{WORK}~2"), &format!("{WORK}~1")]);
    });
    goes("picked in another order, then others built upon it", |sandbox| {
        pick(sandbox, &[&format!("{WORK}~1"), &format!("{WORK}~2")]);
        build_upon(sandbox);
        assert!(!adds_nothing(sandbox), "only the patches prove it");
    });
}

#[test]
fn what_is_missing_is_named() {
    stays("not merged", "merged nowhere: ", |_| {});
    let sandbox = worked();
    base(&sandbox, "other", "more\n");
    pick(&sandbox, &[&format!("{WORK}~1")]);
    let said = cleanup(&sandbox).fails(1);
    let missing = sandbox.git(&["log", "-1", "--format=%h %s", &format!("{WORK}~2")]).ok().out;
    assert!(said.out.contains(&format!("merged nowhere: {}", missing)), "the rest is there: {}", said.out);
    stays("more work after the squash", "[CHECKPOINT] Third", |sandbox| {
        squash(sandbox);
        sandbox.git_in(TREE, &["worker", "reopen"]).ok();
        sandbox.write(&format!("{TREE}/one/third"), "3\n");
        commit(sandbox, TREE, "[CHECKPOINT] Third");
    });
}

#[test]
fn what_was_taken_back_is_not_merged() {
    let merge = |sandbox: &Sandbox| {
        sandbox.git(&["merge", "--quiet", "--no-ff", "-m", "Merge", WORK]).ok();
    };
    let revert = |sandbox: &Sandbox, args: &[&str]| {
        sandbox.git(&[&["revert", "--no-edit"], args].concat()).ok();
    };
    let why = "its work was merged into main and taken back there";
    stays("merged and reverted", why, |sandbox| {
        merge(sandbox);
        revert(sandbox, &["-m", "1", "HEAD"]);
        base(sandbox, "other", "more\n");
    });
    stays("squashed and reverted", why, |sandbox| {
        squash(sandbox);
        revert(sandbox, &["HEAD"]);
        base(sandbox, "other", "more\n");
    });
    stays("forwarded and one commit reverted", why, |sandbox| {
        sandbox.git(&["merge", "--quiet", "--ff-only", WORK]).ok();
        revert(sandbox, &["HEAD~2"]);
    });
    stays("picked and one of them reverted", why, |sandbox| {
        base(sandbox, "other", "more\n");
        pick(sandbox, &[&format!("{WORK}~2"), &format!("{WORK}~1")]);
        revert(sandbox, &["HEAD~1"]);
    });
    goes("reverted and merged again", |sandbox| {
        squash(sandbox);
        revert(sandbox, &["HEAD"]);
        revert(sandbox, &["HEAD"]);
        build_upon(sandbox);
    });
    goes("merged, reverted and reverted again", |sandbox| {
        merge(sandbox);
        revert(sandbox, &["-m", "1", "HEAD"]);
        revert(sandbox, &["HEAD"]);
    });
    goes("merged, and others removed what it made", |sandbox| {
        merge(sandbox);
        sandbox.git(&["mv", "one/new", "newer"]).ok();
        commit(sandbox, ".", "Move it");
    });
}

/// What two patches could be the same in and is work nevertheless.
#[test]
fn patches_that_only_look_the_same_prove_nothing() {
    let add = |sandbox: &Sandbox, content: &[u8]| {
        sandbox.git_in(TREE, &["worker", "reopen"]).ok();
        sandbox.write(&format!("{TREE}/one/last"), content);
        commit(sandbox, TREE, "[COMPLETE] Last");
    };
    let both = [format!("{WORK}~3"), format!("{WORK}~2")];
    let both = [both[0].as_str(), &both[1]];
    let (spaces, tabs) = (b"def f():\n    x\n    y\n", b"def f():\n\tx\n\ty\n");
    stays("only blanks differ", "merged nowhere: ", |sandbox| {
        add(sandbox, spaces);
        pick(sandbox, &both);
        sandbox.write("one/last", tabs);
        commit(sandbox, ".", "Last");
        build_upon(sandbox);
    });
    let binary = |number: u8| [0, 1, 2, number, 0, 255];
    stays("another binary file", "merged nowhere: ", |sandbox| {
        add(sandbox, &binary(1));
        pick(sandbox, &both);
        sandbox.write("one/last", binary(2));
        commit(sandbox, ".", "Last");
        build_upon(sandbox);
    });
    goes("the same binary file, changed later", |sandbox| {
        add(sandbox, &binary(1));
        pick(sandbox, &[&both[..], &[WORK]].concat());
        base(sandbox, "one/last", "text\n");
        build_upon(sandbox);
    });
    let mode = |sandbox: &Sandbox| {
        sandbox.git_in(TREE, &["worker", "reopen"]).ok();
        let tool = sandbox.root.join(TREE).join("one/tool");
        std::fs::set_permissions(tool, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a mode");
        commit(sandbox, TREE, "[COMPLETE] Mode");
    };
    stays("a mode is missing", "[COMPLETE] Mode", |sandbox| {
        mode(sandbox);
        pick(sandbox, &both);
        build_upon(sandbox);
    });
    goes("the mode, then other content", |sandbox| {
        mode(sandbox);
        pick(sandbox, &[&both[..], &[WORK]].concat());
        build_upon(sandbox);
    });
}

#[test]
fn a_merge_by_hand_is_work() {
    let merge = |sandbox: &Sandbox, by_hand: bool| {
        base(sandbox, "other", "more\n");
        sandbox.git_in(TREE, &["worker", "reopen"]).ok();
        sandbox.git_in(TREE, &["merge", "--quiet", "--no-commit", "--no-ff", "main"]).ok();
        if by_hand {
            sandbox.write(&format!("{TREE}/one/tool"), "by hand\n");
            sandbox.git_in(TREE, &["add", "."]).ok();
        }
        let hooks = ["-c", "core.hooksPath=/dev/null"];
        sandbox.git_in(TREE, &[&hooks[..], &["commit", "--quiet", "-m", "Merge main"]].concat()).ok();
        pick(sandbox, &[&format!("{WORK}~3"), &format!("{WORK}~2")]);
        build_upon(sandbox);
    };
    goes("a merge as git makes it", |sandbox| merge(sandbox, false));
    stays("a merge with work in it", "Merge main", |sandbox| merge(sandbox, true));
}
