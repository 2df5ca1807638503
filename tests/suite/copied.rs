//! Worktrees that `start` fills by copying: the same, to the byte, as those that `git worktree add`
//! fills, and clean without git having to look into a file.

use crate::sandbox::{Said, Sandbox};

const PLAN: &str = "run = \"copy\"\n[setup]\nrun = [SETUP]\n\
    [[task]]\nname = \"task-1-a\"\nscope = [\"a/\"]\n\
    [[task]]\nname = \"task-2-b\"\nscope = [\"b/\"]\n\
    [[task]]\nname = \"task-3-c\"\nscope = [\"c/\"]\n";

fn shell(sandbox: &Sandbox, directory: &str, script: &str) -> String {
    let output = sandbox.command("sh", &sandbox.root.join(directory)).args(["-c", script]).output();
    Said::from(output.expect("a shell runs")).ok().out
}

/// A repository with a bit of everything that a checkout can hold.
fn varied(format: &str, config: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.git(&["init", "--quiet", &format!("--object-format={format}")]).ok();
    for (key, value) in config {
        sandbox.git(&["config", key, value]).ok();
    }
    sandbox.git(&["config", "filter.shout.clean", "tr A-Z a-z"]).ok();
    sandbox.git(&["config", "filter.shout.smudge", "tr a-z A-Z"]).ok();
    sandbox.write(
        ".gitattributes",
        "*.crlf text eol=crlf\n*.loud filter=shout\n*.id ident\n*.u16 text working-tree-encoding=UTF-16\n",
    );
    sandbox.write("text.crlf", "one\r\ntwo\r\n");
    sandbox.write("quiet.loud", "LOUD\n");
    sandbox.write("named.id", "$Id$\n");
    sandbox.write("wide.u16", [0xff, 0xfe, b'h', 0, b'i', 0]);
    sandbox.write("empty", "");
    sandbox.write("large", vec![7; 3 << 20]);
    for directory in ["a", "b/deep/er", "odd \"name\"\n\u{e9}"] {
        for number in 0..40 {
            sandbox.write(&format!("{directory}/{number}.txt"), format!("{directory} {number}\n"));
        }
    }
    sandbox.write("run.sh", "#!/bin/sh\n");
    let make = "chmod +x run.sh && ln -s run.sh link && ln -s /nowhere a/dangling && mkdir sub";
    shell(&sandbox, ".", make);
    sandbox.git(&["init", "--quiet", &format!("--object-format={format}"), "sub"]).ok();
    sandbox.git_in("sub", &["commit", "--quiet", "--allow-empty", "-m", "Below"]).ok();
    sandbox.git(&["-c", "advice.addEmbeddedRepo=false", "add", "."]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Everything"]).ok();
    sandbox
}

/// Every path of a worktree with its kind, permissions, target and content.
fn listing(sandbox: &Sandbox, tree: &str) -> String {
    let script = "find . -name .git -prune -o -printf '%p %M %l\\n' | sort;\
                  find . -name .git -prune -o -type f -print0 | sort -z | xargs -0 cksum";
    shell(sandbox, tree, script)
}

fn start(sandbox: &Sandbox, setup: &str) {
    sandbox.write("../plan.toml", PLAN.replace("SETUP", setup));
    sandbox.git(&["orchestrate", "start", "--yes", "../plan.toml"]).ok();
}

/// The worktrees of all tasks are what git makes, and git takes their files for clean without a look.
fn must_equal_git(sandbox: &Sandbox, what: &str) {
    sandbox.git(&["worktree", "add", "--quiet", "--detach", "../control", "main"]).ok();
    let control = listing(sandbox, "../control");
    assert!(control.contains("run.sh -rwx"), "the listing lists: {control}");
    for task in ["task-1-a", "task-2-b", "task-3-c"] {
        let tree = format!("worktrees/{task}");
        // Does not look into files, so a wrong time, inode or size would be a change.
        sandbox.git_in(&tree, &["diff-files", "--quiet"]).ok();
        assert_eq!(sandbox.git_in(&tree, &["status", "--porcelain"]).ok().out, "", "{what}: {task}");
        let index = |tree: &str| sandbox.git_in(tree, &["ls-files", "--stage", "-t"]).ok().out;
        assert_eq!(index(&tree), index("../control"), "{what}: {task}");
        assert_eq!(listing(sandbox, &tree), control, "{what}: {task}");
        sandbox.git_in(&tree, &["fsck", "--strict"]).ok();
    }
}

#[test]
fn copied_worktrees_equal_what_git_makes() {
    let many = [("feature.manyFiles", "true"), ("core.fsmonitor", "false")];
    let check = |what, format, config: &[(&str, &str)]| {
        let sandbox = varied(format, config);
        start(&sandbox, "");
        must_equal_git(&sandbox, what);
    };
    check("plain", "sha1", &[]);
    check("SHA-256", "sha256", &[]);
    check("index of format 4", "sha1", &[("index.version", "4")]);
    check("without checksums", "sha1", &many);
    check("split index", "sha1", &[("core.splitIndex", "true")]);
    check("line ends of Windows", "sha1", &[("core.autocrlf", "true")]);
}

#[test]
fn a_sparse_main_worktree_makes_sparse_ones() {
    for sparse_index in ["--no-sparse-index", "--sparse-index"] {
        let sandbox = varied("sha1", &[]);
        sandbox.git(&["sparse-checkout", "set", sparse_index, "--cone", "--skip-checks", "a", "b", "c"]).ok();
        start(&sandbox, "");
        must_equal_git(&sandbox, sparse_index);
        let there = sandbox.git_in("worktrees/task-2-b", &["ls-files", "-t"]).ok().out;
        assert!(there.contains("\nS "), "{there}");
    }
}

#[test]
fn what_the_first_set_up_changes_is_not_copied() {
    let sandbox = varied("sha1", &[]);
    start(&sandbox, "'echo changed >> a/1.txt; rm a/2.txt; chmod +x a/3.txt; echo new > a/new'");
    for task in ["task-1-a", "task-2-b", "task-3-c"] {
        let status = sandbox.git_in(&format!("worktrees/{task}"), &["status", "--porcelain"]).ok().out;
        assert_eq!(status, " M a/1.txt\n D a/2.txt\n M a/3.txt\n?? a/new\n", "{task}");
        assert_eq!(sandbox.read(&format!("worktrees/{task}/a/1.txt")), "a 1\nchanged\n");
    }
}

#[test]
fn each_worktree_has_its_post_checkout() {
    let sandbox = varied("sha1", &[]);
    let hook = "#!/bin/sh\necho \"$1 $2 $3\" > \"$(git rev-parse --show-toplevel)/../ran-${PWD##*/}\"\n";
    sandbox.write(".git/hooks/post-checkout", hook);
    shell(&sandbox, ".", "chmod +x .git/hooks/post-checkout");
    start(&sandbox, "");
    let base = sandbox.git(&["rev-parse", "main"]).ok().out;
    for task in ["task-1-a", "task-2-b", "task-3-c"] {
        assert_eq!(
            sandbox.read(&format!("worktrees/ran-{task}")),
            format!("{} {} 1\n", "0".repeat(40), base.trim())
        );
    }
}

#[test]
fn a_branch_with_work_of_its_own_gets_that() {
    let sandbox = varied("sha1", &[]);
    sandbox.git(&["switch", "--quiet", "--create", "work/task-2-b"]).ok();
    sandbox.write("b/own.txt", "own\n");
    sandbox.git(&["add", "b/own.txt"]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "[CHECKPOINT] Own"]).ok();
    sandbox.git(&["switch", "--quiet", "main"]).ok();
    start(&sandbox, "");
    let is_there = |task: &str| sandbox.root.join(format!("worktrees/{task}/b/own.txt")).exists();
    assert_eq!(["task-1-a", "task-2-b", "task-3-c"].map(is_there), [false, true, false]);
    for task in ["task-1-a", "task-2-b", "task-3-c"] {
        sandbox.git_in(&format!("worktrees/{task}"), &["diff-files", "--quiet"]).ok();
        assert_eq!(sandbox.git_in(&format!("worktrees/{task}"), &["status", "--porcelain"]).ok().out, "");
    }
}
