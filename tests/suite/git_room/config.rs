//! Configuration: git reads what we write, and we read what git has in effect.

use orchestrate::git::config::Scope;

use super::{line, open};
use crate::sandbox::Sandbox;

#[test]
fn values_survive_as_they_are() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    for value in
        ["plain", " spaces ", "a\"b\\c", "two\nlines\ttab", "#hash; and semi", "", "größe", "-x", "$(x) `y`"]
    {
        repo.set_config(Scope::Local, "orchestrate.Some Task.key", value).unwrap();
        let git = sandbox.git(&["config", "-z", "--get", "orchestrate.Some Task.key"]).ok().out;
        assert_eq!(git, format!("{value}\0"), "git reads the value that was written");
        let reopened = open(&sandbox, ".");
        assert_eq!(reopened.config("orchestrate.Some Task.key").as_deref(), Some(value));
    }
}

#[test]
fn nothing_is_written_that_would_not_change() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    repo.set_config(Scope::Local, "orchestrate.a", "1").unwrap();
    let file = repo.common_dir().join("config");
    let before = std::fs::metadata(&file).unwrap().modified().unwrap();
    std::fs::write(repo.common_dir().join("config.lock"), "").unwrap();
    repo.set_config(Scope::Local, "orchestrate.a", "1").unwrap();
    repo.unset_config(Scope::Local, "orchestrate.none", None).unwrap();
    repo.unset_config(Scope::Local, "orchestrate.a", Some("2")).unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().modified().unwrap(), before);
}

#[test]
fn values_are_taken_out_one_by_one() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    let before = sandbox.read(".git/config");
    for value in ["refs/notes/a", "refs/notes/b"] {
        sandbox.git(&["config", "--add", "notes.displayRef", value]).ok();
    }
    assert_eq!(open(&sandbox, ".").config_all("notes.displayref"), ["refs/notes/a", "refs/notes/b"]);
    repo.unset_config(Scope::Local, "notes.displayRef", Some("refs/notes/a")).unwrap();
    assert_eq!(line(&sandbox, &["config", "--get-all", "notes.displayRef"]), "refs/notes/b");
    repo.unset_config(Scope::Local, "notes.displayRef", None).unwrap();
    assert_eq!(sandbox.read(".git/config"), before, "no trace is left");
}

#[test]
fn what_people_wrote_stays() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    let mine = "# mine\n[orchestrate]\n\t; keep this\n\ta = 1 # one\n[x \"y.z\"]\n\tk = v\n[orchestrate]\n\ta = 2\n\tb = 3\n";
    sandbox.write(".git/config", sandbox.read(".git/config") + mine);
    repo.set_config(Scope::Local, "orchestrate.a", "9").unwrap();
    repo.set_config(Scope::Local, "x.y.z.k", "w").unwrap();
    let after = sandbox.read(".git/config");
    for kept in ["# mine", "; keep this", "b = 3", "[x \"y.z\"]"] {
        assert!(after.contains(kept), "{kept} is kept in\n{after}");
    }
    assert_eq!(line(&sandbox, &["config", "--get-all", "orchestrate.a"]), "9");
    assert_eq!(line(&sandbox, &["config", "--get-all", "x.y.z.k"]), "w");
    assert_eq!(line(&sandbox, &["config", "--get-all", "orchestrate.b"]), "3");
}

#[test]
fn each_worktree_gets_a_file_of_its_own() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    sandbox.git(&["worktree", "add", "--quiet", "../linked"]).ok();
    let linked = open(&sandbox, "../linked");
    let error = linked.set_config(Scope::Worktree, "orchestrate.task", "task-1").unwrap_err().to_string();
    assert!(error.contains("extensions.worktreeConfig"), "{error}");
    repo.set_config(Scope::Local, "extensions.worktreeConfig", "true").unwrap();
    linked.set_config(Scope::Worktree, "orchestrate.task", "task-1").unwrap();
    assert_eq!(open(&sandbox, "../linked").config("orchestrate.task").as_deref(), Some("task-1"));
    assert_eq!(line(&sandbox, &["-C", "../linked", "config", "orchestrate.task"]), "task-1");
    assert_eq!(open(&sandbox, ".").config("orchestrate.task"), None, "the main worktree has none");
    sandbox.git(&["config", "orchestrate.task"]).fails(1);
}

#[test]
fn parallel_writers_lose_nothing() {
    let sandbox = Sandbox::repository();
    open(&sandbox, ".");
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let sandbox = &sandbox;
            scope.spawn(move || {
                let repo = orchestrate::git::Repository::open(&sandbox.root).unwrap();
                for n in 0..10 {
                    let key = format!("orchestrate.entry-{writer}-{n}");
                    repo.set_config(Scope::Local, &key, "there").unwrap();
                }
            });
        }
    });
    let all = line(&sandbox, &["config", "--get-regexp", "^orchestrate\\.entry"]);
    assert_eq!(all.lines().count(), 80, "every value is there");
}
