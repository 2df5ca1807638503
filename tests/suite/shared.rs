//! Repositories to which several accounts write, by `core.sharedRepository`.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::sandbox::{Said, Sandbox};

/// Where git keeps things that the group may not write to, or not read.
fn closed(directory: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        let about = path.symlink_metadata().expect("it is there");
        let wanted = if about.is_dir() { 0o070 } else { 0o040 };
        if about.permissions().mode() & wanted != wanted && !about.is_symlink() {
            found.push(format!("{} {:o}", path.display(), about.permissions().mode() & 0o777));
        }
        if about.is_dir() {
            closed(&path, found);
        }
    }
}

#[test]
fn what_is_made_is_open_to_the_group() {
    let sandbox = Sandbox::empty();
    let under = |directory: &Path, args: &[&str]| {
        let mut shell = sandbox.command("sh", directory);
        shell.args(["-c", "umask 077; exec git \"$@\"", "git"]).args(args);
        Said::of(shell, b"")
    };
    let top = &sandbox.root;
    under(top, &["init", "--quiet", "--shared=group"]).ok();
    under(top, &["commit", "--quiet", "--allow-empty", "-m", "Start"]).ok();
    sandbox.write("orchestrate.toml", "run = \"r\"\n[[task]]\nname = \"one\"\nscope = [\"one/\"]\n");
    under(top, &["orchestrate", "start", "--yes"]).ok();
    let worktree = top.join("worktrees/one");
    std::fs::create_dir_all(worktree.join("one")).expect("a directory");
    std::fs::write(worktree.join("one/a"), "a\n").expect("a file");
    under(&worktree, &["add", "one"]).ok();
    under(&worktree, &["commit", "-qm", "[CHECKPOINT] One"]).ok();
    under(&worktree, &["worker", "complete"]).ok();
    under(top, &["orchestrate", "status"]).ok();
    under(top, &["orchestrate", "integrate"]).ok();
    under(top, &["orchestrate", "integrate", "--land"]).ok();
    let server = top.with_file_name("server");
    under(top, &["init", "--quiet", "--bare", "--shared=group", "../server"]).ok();
    under(&server, &["orchestrate", "server"]).ok();
    under(top, &["remote", "add", "origin", "../server"]).ok();
    under(top, &["push", "--quiet", "origin", "main", "refs/orchestrate/*", "refs/notes/orchestrate/*"]).ok();
    let mut found = Vec::new();
    closed(&top.join(".git"), &mut found);
    closed(&server, &mut found);
    // git's own, which only the next commit there writes again.
    found.retain(|one| !one.contains("COMMIT_EDITMSG"));
    assert_eq!(found, Vec::<String>::new());
}
