//! Refs: every move is compare-and-swap, also under contention.

use orchestrate::git::clean_room::CleanRoom;
use orchestrate::git::refs::{Moved, Target};
use orchestrate::git::view::View;
use orchestrate::model::hint::Hinted;

use super::{fsck, id, line, open};
use crate::sandbox::{Said, Sandbox};

fn two_commits() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", "Second"]).ok();
    sandbox
}

#[test]
fn a_ref_moves_only_from_its_expected_value() {
    let sandbox = two_commits();
    let repo = open(&sandbox, ".");
    let (old, new) = (id(&sandbox, "HEAD~"), id(&sandbox, "HEAD"));
    let name = "refs/orchestrate/run/plan";

    assert_eq!(repo.move_ref(name, None, old, "made").unwrap(), Moved::Done);
    let lost = Moved::Lost { actual: Some(old) };
    assert_eq!(repo.move_ref(name, None, old, "again").unwrap(), lost, "it exists already");
    assert_eq!(repo.move_ref(name, None, new, "again").unwrap(), lost, "it exists already");
    assert_eq!(repo.move_ref(name, Some(new), old, "wrong").unwrap(), lost, "it holds another value");
    assert_eq!(repo.move_ref(name, Some(old), new, "moved").unwrap(), Moved::Done);
    assert_eq!(id(&sandbox, name), new);
    let log = line(&sandbox, &["log", "--walk-reflogs", "--format=%gs", name]);
    assert_eq!(log, "moved\nmade", "every move leaves its message in the reflog");

    assert_eq!(repo.delete_ref(name, old).unwrap(), Moved::Lost { actual: Some(new) });
    assert_eq!(repo.delete_ref(name, new).unwrap(), Moved::Done);
    assert_eq!(repo.delete_ref(name, new).unwrap(), Moved::Lost { actual: None });
    assert_eq!(repo.move_ref(name, Some(old), new, "gone").unwrap(), Moved::Lost { actual: None });
    assert_eq!(repo.ref_target(name).unwrap(), None);
    fsck(&sandbox);
}

#[test]
fn packed_refs_are_refs() {
    let sandbox = two_commits();
    let repo = open(&sandbox, ".");
    let (old, new) = (id(&sandbox, "HEAD~"), id(&sandbox, "HEAD"));
    sandbox.git(&["branch", "work/a", "HEAD~"]).ok();
    sandbox.git(&["pack-refs", "--all"]).ok();
    assert_eq!(repo.move_ref("refs/heads/work/a", Some(old), new, "moved").unwrap(), Moved::Done);
    assert_eq!(id(&sandbox, "work/a"), new);
    sandbox.git(&["pack-refs", "--all"]).ok();
    assert_eq!(repo.delete_ref("refs/heads/work/a", new).unwrap(), Moved::Done);
    assert_eq!(line(&sandbox, &["for-each-ref", "refs/heads/work"]), "");
}

#[test]
fn no_ref_is_missed_while_git_packs_them() {
    const MANY: usize = 40;
    let sandbox = two_commits();
    let repo = open(&sandbox, ".");
    let done = std::sync::atomic::AtomicBool::new(false);
    let write = |revision: &str| {
        let lines: String = (0..MANY)
            .map(|number| {
                format!("update refs/heads/many/{}/{number} {}\n", number % 7, id(&sandbox, revision))
            })
            .collect();
        let mut command = sandbox.command("git", &sandbox.root);
        command.args(["update-ref", "--stdin"]);
        Said::of(command, lines.as_bytes()).ok();
    };
    write("HEAD");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..60 {
                write(if round % 2 == 0 { "HEAD~" } else { "HEAD" });
                sandbox.git(&["pack-refs", "--all"]).ok();
            }
            done.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        while !done.load(std::sync::atomic::Ordering::Relaxed) {
            assert_eq!(repo.refs_under("refs/heads/many/").unwrap().len(), MANY);
            assert_eq!(repo.readable_refs("refs/heads/many/").unwrap().refs.len(), MANY);
        }
    });
}

#[test]
fn a_name_needs_room_between_the_others() {
    let sandbox = two_commits();
    let repo = open(&sandbox, ".");
    let tip = id(&sandbox, "HEAD");
    sandbox.git(&["branch", "work/a/b"]).ok();
    for packed in [false, true] {
        if packed {
            sandbox.git(&["pack-refs", "--all"]).ok();
        }
        for name in ["refs/heads/work/a", "refs/heads/work/a/b/c", "refs/heads/main/x"] {
            let error = repo.move_ref(name, None, tip, "made").unwrap_err().to_string();
            assert!(error.contains("git cannot keep both"), "the clash is named: {error}");
        }
    }
}

#[test]
fn a_branch_needs_a_commit_that_is_there() {
    let sandbox = two_commits();
    let repo = open(&sandbox, ".");
    let missing = gix_hash::ObjectId::from_hex(&[b'7'; 40]).expect("hex");
    let error = repo.move_ref("refs/heads/x", None, missing, "made").unwrap_err().to_string();
    assert!(error.contains("no such object"), "{error}");
    let error =
        repo.move_ref("refs/heads/x", None, id(&sandbox, "HEAD^{tree}"), "made").unwrap_err().to_string();
    assert!(error.contains("it is a tree, no commit"), "{error}");
}

#[test]
fn a_symbolic_ref_is_reported_and_never_followed() {
    let sandbox = two_commits();
    let repo = open(&sandbox, ".");
    let (old, new) = (id(&sandbox, "HEAD~"), id(&sandbox, "HEAD"));
    sandbox.git(&["symbolic-ref", "refs/heads/work/a", "refs/heads/main"]).ok();
    let target = repo.ref_target("refs/heads/work/a").unwrap();
    assert_eq!(target, Some(Target::Symbolic("refs/heads/main".into())));
    assert_eq!(repo.ref_commit("refs/heads/work/a").unwrap(), Some(new));
    assert!(repo.move_ref("refs/heads/work/a", Some(new), old, "moved").is_err());
    assert!(repo.delete_ref("refs/heads/work/a", new).is_err());
    assert_eq!(id(&sandbox, "main"), new, "the branch behind a symbolic ref stays");
    sandbox.git(&["symbolic-ref", "refs/heads/dangling", "refs/heads/none"]).ok();
    assert_eq!(repo.ref_commit("refs/heads/dangling").unwrap(), None);
}

#[test]
fn refs_are_listed_in_order() {
    let sandbox = two_commits();
    let repo = open(&sandbox, ".");
    for branch in ["work/b", "work/a", "work-x", "work/a-1"] {
        sandbox.git(&["branch", branch]).ok();
    }
    sandbox.git(&["pack-refs", "--all"]).ok();
    sandbox.git(&["branch", "work/0"]).ok();
    sandbox.git(&["tag", "-a", "-m", "x", "v1"]).ok();
    let names: Vec<_> =
        repo.refs_under("refs/heads/work/").unwrap().into_iter().map(|(name, _)| name).collect();
    let git = line(&sandbox, &["for-each-ref", "--format=%(refname)", "refs/heads/work/"]);
    assert_eq!(names, git.lines().collect::<Vec<_>>());
    assert_eq!(repo.ref_commit("refs/tags/v1").unwrap(), Some(id(&sandbox, "HEAD")), "tags are peeled");
    assert_eq!(repo.refs_under("refs/none/").unwrap(), []);
}

#[test]
fn revisions_are_git_revisions() {
    let sandbox = two_commits();
    let repo = open(&sandbox, ".");
    sandbox.git(&["tag", "-a", "-m", "x", "v1"]).ok();
    let short = line(&sandbox, &["rev-parse", "--short", "HEAD"]);
    for revision in ["HEAD", "main", "main~1", "v1", "refs/heads/main", "HEAD^{commit}", &short] {
        let git = id(&sandbox, &format!("{revision}^{{commit}}"));
        assert_eq!(repo.resolve(revision).unwrap(), git, "{revision}");
    }
    for revision in ["", "nope", "HEAD^{tree}", "HEAD:README", "-x", "main..main"] {
        assert!(repo.resolve(revision).is_err(), "{revision:?} is no commit");
    }
}

#[test]
fn a_lock_held_for_a_moment_is_waited_for() {
    let sandbox = two_commits();
    let repo = open(&sandbox, ".");
    let (old, new) = (id(&sandbox, "HEAD~"), id(&sandbox, "HEAD"));
    sandbox.git(&["branch", "work/a", "HEAD~"]).ok();
    sandbox.git(&["pack-refs", "--all"]).ok();
    let locks = ["packed-refs.lock", "refs/heads/work/a.lock"].map(|name| repo.common_dir().join(name));
    std::fs::create_dir_all(locks[1].parent().unwrap()).unwrap();
    for lock in &locks {
        std::fs::write(lock, "").unwrap();
    }
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(std::time::Duration::from_millis(400));
            locks.iter().for_each(|lock| std::fs::remove_file(lock).unwrap());
        });
        assert_eq!(repo.move_ref("refs/heads/work/a", Some(old), new, "moved").unwrap(), Moved::Done);
    });
    assert_eq!(id(&sandbox, "work/a"), new);
}

#[test]
fn a_lock_that_was_left_behind_is_named() {
    let sandbox = two_commits();
    let repo = open(&sandbox, ".");
    let lock = repo.common_dir().join("refs/heads/main.lock");
    let file = std::fs::File::create(&lock).unwrap();
    file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(3600)).unwrap();
    let (old, new) = (id(&sandbox, "HEAD~"), id(&sandbox, "HEAD"));
    let error = repo.move_ref("refs/heads/main", Some(new), old, "moved").unwrap_err();
    let hinted = error.downcast_ref::<Hinted>().expect("a hint");
    assert!(hinted.message.contains("locked for 3600 seconds"), "{hinted:?}");
    assert!(hinted.hint.contains(&*lock.to_string_lossy()), "{hinted:?}");
    assert!(lock.exists(), "it is not ours to remove");
}

#[test]
fn the_lock_of_a_killed_program_of_ours_is_removed() {
    let sandbox = two_commits();
    let repo = open(&sandbox, ".");
    let (old, new) = (id(&sandbox, "HEAD~"), id(&sandbox, "HEAD"));
    let name = "refs/orchestrate/run/journal/orchestrator";
    assert_eq!(repo.move_ref(name, None, old, "made").unwrap(), Moved::Done);
    let lock = std::fs::File::create(repo.common_dir().join(format!("{name}.lock"))).unwrap();
    lock.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(10)).unwrap();
    assert_eq!(repo.move_ref(name, Some(old), new, "moved").unwrap(), Moved::Done);
    assert_eq!(id(&sandbox, name), new);
}

#[test]
fn a_name_is_free_again_when_those_below_it_are_gone() {
    let sandbox = two_commits();
    let repo = open(&sandbox, ".");
    let tip = id(&sandbox, "HEAD");
    for (first, second) in
        [("refs/x/a/b/c", "refs/x/a"), ("refs/x/a", "refs/x/a/b"), ("refs/x/a/b", "refs/x/a")]
    {
        for name in [first, second] {
            assert_eq!(repo.move_ref(name, None, tip, "made").unwrap(), Moved::Done, "{name}");
            assert_eq!(line(&sandbox, &["log", "-1", "--walk-reflogs", "--format=%gs", name]), "made");
            assert_eq!(repo.delete_ref(name, tip).unwrap(), Moved::Done, "{name}");
        }
    }
    sandbox.git(&["update-ref", "refs/x/a/b/c", "HEAD"]).ok();
    sandbox.git(&["update-ref", "-d", "refs/x/a/b/c"]).ok();
    assert_eq!(repo.move_ref("refs/x/a", None, tip, "made").unwrap(), Moved::Done);
    assert_eq!(repo.delete_ref("refs/x/a", tip).unwrap(), Moved::Done);
    for left in ["refs/x", "logs/refs/x"] {
        assert!(!repo.common_dir().join(left).exists(), "{left} goes with the last ref");
    }
}

#[test]
fn a_ref_moves_where_nobody_has_a_name() {
    let sandbox = two_commits();
    let repo = orchestrate::git::Repository::open(&sandbox.root).unwrap();
    let tip = id(&sandbox, "HEAD");
    assert_eq!(repo.move_ref("refs/x/a", None, tip, "made").unwrap(), Moved::Done);
    assert_eq!(line(&sandbox, &["log", "-1", "--walk-reflogs", "--format=%gs", "refs/x/a"]), "made");
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_text_is_no_other_name() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let sandbox = two_commits();
    let (old, new) = (id(&sandbox, "HEAD~"), id(&sandbox, "HEAD"));
    let update = |name: &[u8], revision: &str| {
        let mut git = sandbox.command("git", &sandbox.root);
        Said::of(
            {
                git.arg("update-ref").arg(OsStr::from_bytes(name)).arg(revision);
                git
            },
            b"",
        )
        .ok()
    };
    update(b"refs/heads/odd/\xe9", "HEAD");
    update(b"refs/heads/odd/\xff", "HEAD~");
    update("refs/heads/odd/\u{fffd}".as_bytes(), "HEAD~");
    let mut symbolic = sandbox.command("git", &sandbox.root);
    symbolic.args(["symbolic-ref", "refs/heads/odd/to"]).arg(OsStr::from_bytes(b"refs/heads/odd/\xe9"));
    Said::of(symbolic, b"").ok();
    let check = || {
        let repo = open(&sandbox, ".");
        let expect = [
            ("refs/heads/odd/\\xe9", Target::Object(new)),
            ("refs/heads/odd/\\xff", Target::Object(old)),
            ("refs/heads/odd/to", Target::Symbolic("refs/heads/odd/\\xe9".into())),
            ("refs/heads/odd/\u{fffd}", Target::Object(old)),
        ];
        let found = repo.refs_under("refs/heads/odd/").unwrap();
        assert_eq!(found, expect.map(|(name, target)| (name.to_owned(), target)));
        assert_eq!(repo.ref_commit("refs/heads/odd/\\xe9").unwrap(), Some(new));
        assert_eq!(repo.ref_commit("refs/heads/odd/to").unwrap(), Some(new));
        let names = ["odd/\\xe9", "odd/\\xff", "odd/\u{fffd}", "odd/to"].map(str::to_owned).into();
        let view = View::of(&repo, &names).unwrap();
        let room = CleanRoom::showing(&repo, new, &view).unwrap();
        assert_eq!(room.repository().refs_under("refs/heads/odd/").unwrap(), found, "a clean room has them");
    };
    check();
    sandbox.git(&["pack-refs", "--all"]).ok();
    check();
}
