//! `cleanup --remote` where others have the run from the remote: they learn that it is over.

use crate::cleanup::cleanup;
use crate::sandbox::{Said, Sandbox, install};

/// A run that has landed and is on the remote, its branches as well; the remote judges what is pushed.
fn published() -> Sandbox {
    let sandbox = Sandbox::from_script("finished.sh");
    sandbox.git(&["init", "--quiet", "--bare", "-b", "main", "../remote.git"]).ok();
    sandbox.git(&["remote", "add", "origin", "../remote.git"]).ok();
    sandbox.git(&["push", "--quiet", "origin", "main"]).ok();
    sandbox.git_in("../remote.git", &["orchestrate", "server"]).ok();
    let data = ["refs/orchestrate/*", "refs/notes/orchestrate/*", "refs/heads/*"];
    let publish = || sandbox.git(&[&["push", "--quiet", "origin"], &data[..]].concat()).ok();
    publish();
    sandbox.git(&["orchestrate", "integrate"]).ok();
    sandbox.git(&["orchestrate", "integrate", "--land"]).ok();
    publish();
    sandbox
}

/// What somebody says who clones the remote now.
fn elsewhere(sandbox: &Sandbox, verb: &str) -> Said {
    let _ = std::fs::remove_dir_all(sandbox.root.join("../mirror.git"));
    sandbox.git(&["clone", "--quiet", "--mirror", "../remote.git", "../mirror.git"]).ok();
    sandbox.git_in("../mirror.git", &["orchestrate", verb])
}

#[test]
fn others_learn_that_the_run_is_over() {
    let sandbox = published();
    elsewhere(&sandbox, "verify").ok();
    let said = cleanup(&sandbox, &["--remote", "--dry-run"]).ok();
    assert!(!said.out.contains("told"), "{}", said.out);
    let said = cleanup(&sandbox, &["--remote"]).ok();
    assert!(said.out.contains("told origin what is gone"), "{}", said.out);
    let said = elsewhere(&sandbox, "verify").ok();
    assert!(said.out.contains("all runs here are over"), "{}{}", said.out, said.err);
    let said = sandbox.git_in("../mirror.git", &["orchestrate", "report"]).ok();
    assert!(said.out.contains("integrated"), "{}", said.out);
}

#[test]
fn a_remote_that_takes_no_news_is_named_with_what_tells_it() {
    let sandbox = published();
    let hook = sandbox.root.join("../remote.git/hooks/update");
    install(&hook, "#!/bin/sh\ncase $1 in refs/orchestrate/*) exit 1;; esac\n");
    let said = cleanup(&sandbox, &["--remote"]).fails(1);
    assert!(said.out.contains("origin does not know what is gone"), "{}", said.out);
    let remedy = said.out.lines().find_map(|line| line.strip_prefix("hint: git push ")).expect("a remedy");
    elsewhere(&sandbox, "verify").fails(1);
    std::fs::remove_file(hook).expect("it was there");
    sandbox.git(&[&["push", "--quiet"], &remedy.split(' ').collect::<Vec<_>>()[..]].concat()).ok();
    elsewhere(&sandbox, "verify").ok();
}

#[test]
fn what_others_wrote_since_stays() {
    let sandbox = published();
    let theirs = "refs/orchestrate/analytics-dashboard/journal/task-3-frontend";
    let message = "x\n\nEvent: announced\nWriter: task-3-frontend\n";
    let other = sandbox.git_in("../remote.git", &["commit-tree", "-m", message, "main^{tree}"]).ok().out;
    sandbox.git_in("../remote.git", &["update-ref", theirs, other.trim_end()]).ok();
    sandbox.git(&["update-ref", "-d", theirs]).ok();
    sandbox.git(&["update-ref", theirs, "main"]).ok();
    let before = sandbox.git_in("../remote.git", &["for-each-ref", theirs]).ok().out;
    cleanup(&sandbox, &["--remote"]).ok();
    assert_eq!(sandbox.git_in("../remote.git", &["for-each-ref", theirs]).ok().out, before);
}

#[test]
fn a_remote_without_the_run_gets_none() {
    let sandbox = crate::cleanup::landed();
    sandbox.git(&["init", "--quiet", "--bare", "../remote.git"]).ok();
    sandbox.git(&["remote", "add", "origin", "../remote.git"]).ok();
    sandbox.git(&["push", "--quiet", "origin", "refs/heads/*"]).ok();
    let said = cleanup(&sandbox, &["--remote"]).ok();
    assert!(!said.out.contains("told"), "{}", said.out);
    assert_eq!(sandbox.git_in("../remote.git", &["for-each-ref", "refs/orchestrate"]).ok().out, "");
}
