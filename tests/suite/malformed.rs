//! Objects that are not what they seem are named, and nothing of them is integrated.

use std::path::PathBuf;

use crate::armed::Armed;
use crate::sandbox::Said;

const API: &str = "task-1-api";

#[test]
fn a_malformed_commit_is_named() {
    let armed = Armed::new();
    let tip = armed.git(API, &["rev-parse", "HEAD^{tree}", "HEAD"]).ok().out;
    let (tree, parent) = tip.trim().split_once('\n').expect("two ids");
    for people in ["author A <a@x> 1 +0000\ncommitter W", "author W\ncommitter A <a@x> 1 +0000"] {
        let text = format!("tree {tree}\nparent {parent}\n{people}\n\n[COMPLETE] Odd\n");
        let mut hash = armed.sandbox.command("git", &armed.path(API));
        hash.args(["hash-object", "-t", "commit", "--literally", "-w", "--stdin"]);
        let id = Said::of(hash, text.as_bytes()).ok().out.trim().to_owned();
        armed.git(API, &["update-ref", "HEAD", &id]).ok();
        for (verb, code) in [("verify", 1), ("status", 0), ("integrate", 1)] {
            let said = armed.sandbox.git(&["orchestrate", verb]);
            let told = format!("{}{}", said.out, said.err);
            assert_eq!(said.code, code, "{verb}: {told}");
            assert!(told.contains(&format!("the commit {id} is malformed")), "{verb}: {told}");
            assert!(told.contains(API) && !told.contains("panicked"), "{verb}: {told}");
        }
        armed.git(API, &["update-ref", "HEAD", parent]).ok();
    }
}

/// git believes the name of a file in the object store, and would show a change or hide it as that says.
#[test]
fn an_object_under_anothers_name_is_found() {
    let armed = Armed::new();
    let tree = |revision: &str| armed.git(API, &["rev-parse", revision]).ok().out.trim().to_owned();
    armed.write(API, "models/m.py", "theirs\n");
    armed.git(API, &["-c", "core.hooksPath=/dev/null", "commit", "-qam", "[COMPLETE] Sneak"]).ok();
    let verify = || armed.sandbox.git(&["orchestrate", "verify", API]);
    assert!(verify().out.contains("scope/outside"), "before: {}", verify().out);
    let file =
        |id: &str| -> PathBuf { armed.sandbox.root.join(".git/objects").join(&id[..2]).join(&id[2..]) };
    let (hidden, shown) = (file(&tree("HEAD:models")), file(&tree("HEAD^:models")));
    std::fs::remove_file(&hidden).expect("an object");
    std::fs::copy(shown, &hidden).expect("another");
    let said = verify();
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    let told = format!("{} does not hold what its name says", tree("HEAD:models"));
    assert!(said.out.contains("object/malformed") && said.out.contains(&told), "{}", said.out);
    let said = armed.sandbox.git(&["orchestrate", "integrate", "--only-complete"]);
    assert_ne!(said.code, 0, "{}", said.out);
    assert!(said.out.contains(&told) || said.err.contains(&told), "{}{}", said.out, said.err);
}

/// To look at objects takes git longer than all else that a status does.
#[test]
fn what_was_found_sound_stays_so_when_the_base_goes_on() {
    let armed = Armed::new();
    armed.write(API, "api/new.py", "new\n");
    armed.git(API, &["add", "api"]).ok();
    armed.git(API, &["commit", "-qm", "[CHECKPOINT] New"]).ok();
    let base = |args: &[&str]| armed.sandbox.git(args).ok();
    base(&["commit", "-q", "--allow-empty", "-m", "One"]);
    let trace = armed.sandbox.root.join(".git/trace");
    let looks = || {
        let mut status = armed.sandbox.command("git", &armed.sandbox.root);
        status.args(["orchestrate", "status"]).env("GIT_TRACE2_EVENT", &trace);
        Said::of(status, b"").ok();
        let told = std::fs::read_to_string(&trace).expect("what git has done");
        std::fs::remove_file(&trace).expect("a file");
        assert!(told.contains("orchestrate"), "{told}");
        told.contains("index-pack")
    };
    assert!(looks() && !looks(), "the first time only");
    base(&["commit", "-q", "--allow-empty", "-m", "Two"]);
    assert!(!looks(), "the base has gone on");
    base(&["reset", "-q", "--hard", "HEAD~2"]);
    assert!(looks() && !looks(), "the base is another");
}
