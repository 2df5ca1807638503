//! Every kind of conflict, as `conflicts` and the forecast tell it.

#![cfg(unix)]

use std::fmt::Write as _;

use crate::sandbox::Sandbox;

/// The two sides.
const ONE: &str = "worktrees/task-1";
const OTHER: &str = "worktrees/task-2";

fn built() -> Sandbox {
    let sandbox = Sandbox::repository();
    let numbers = |range: std::ops::Range<usize>| range.map(|n| format!("{n}\n")).collect::<String>();
    sandbox.write("file", numbers(1..30));
    sandbox.write("dir/one", numbers(40..60));
    sandbox.write("dir/two", numbers(70..90));
    sandbox.write("bin", b"a\0b\n");
    link(&sandbox, "link", "x");
    let mut plan = String::from("run = \"r\"\nbase = \"main\"\n[protocol]\nbody = \"off\"\n");
    for task in ["task-1", "task-2"] {
        let _ = writeln!(
            plan,
            "[[task]]\nname = \"{task}\"\nscope = [{{ path = '**', shared = true, submodule = true }}]"
        );
    }
    sandbox.write("orchestrate.toml", plan);
    sandbox.git(&["add", "."]).ok();
    module(&sandbox, ".", 1);
    sandbox.git(&["commit", "--quiet", "-m", "Base"]).ok();
    sandbox.git(&["orchestrate", "start", "--yes"]).ok();
    sandbox
}

fn link(sandbox: &Sandbox, path: &str, to: &str) {
    let path = sandbox.root.join(path);
    let _ = std::fs::remove_file(&path);
    std::os::unix::fs::symlink(to, path).expect("a link");
}

/// Puts a submodule at one of its commits.
fn module(sandbox: &Sandbox, place: &str, commit: usize) {
    let entry = format!("160000,{},module", format!("{commit}").repeat(40));
    sandbox.git_in(place, &["update-index", "--add", "--cacheinfo", &entry]).ok();
}

fn write(sandbox: &Sandbox, place: &str, path: &str, content: &str) {
    sandbox.write(&format!("{place}/{path}"), content);
}

fn rename(sandbox: &Sandbox, place: &str, from: &str, to: &str) {
    let place = sandbox.root.join(place);
    std::fs::create_dir_all(place.join(to).parent().expect("a directory")).expect("a directory");
    std::fs::rename(place.join(from), place.join(to)).expect("it is there");
}

fn remove(sandbox: &Sandbox, place: &str, path: &str) {
    std::fs::remove_file(sandbox.root.join(place).join(path)).expect("it is there");
}

fn edit(sandbox: &Sandbox, place: &str, path: &str, words: &str) {
    let text = sandbox.read(&format!("{place}/{path}"));
    write(sandbox, place, path, &text.replace("\n5\n", &format!("\n{words}\n")));
}

/// Does the two sides' work, and looks at how it is told by both commands. What is expected of the
/// forecast are its lines below `CONFLICT`, without those of hunks.
#[track_caller]
fn check(work: impl Fn(&Sandbox), conflicts: &[&str], forecast: &[&str]) {
    let sandbox = built();
    work(&sandbox);
    for place in [ONE, OTHER] {
        sandbox.git_in(place, &["add", "--all", "--", ".", ":!module"]).ok();
        sandbox.git_in(place, &["commit", "--quiet", "-m", "[COMPLETE] All of it"]).ok();
    }
    let told = sandbox.git(&["orchestrate", "conflicts", "--committed"]).fails(1).out;
    let told: Vec<&str> = told
        .lines()
        .skip_while(|line| *line != "task-1 and task-2 conflict")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .map(str::trim)
        .collect();
    assert_eq!(told, conflicts);
    let told = sandbox.git(&["orchestrate", "integrate", "--dry-run"]).fails(1).out;
    let is_told = |line: &&str| line.starts_with("     ") && !line.starts_with("         ");
    let told: Vec<&str> = told.lines().filter(is_told).map(str::trim).collect();
    assert_eq!(told, forecast);
    // A matrix for Markdown and JSON tells the same conflicts.
    for format in ["markdown", "json"] {
        sandbox.git(&["orchestrate", "conflicts", "--committed", "--format", format]).fails(1);
        sandbox.git(&["orchestrate", "integrate", "--dry-run", "--format", format]).fails(1);
    }
}

#[test]
fn lines() {
    check(
        |sandbox| {
            edit(sandbox, ONE, "file", "five");
            edit(sandbox, OTHER, "file", "cinq");
        },
        &["content: file (lines 5 of task-1, 5 of task-2)"],
        &["CONFLICT (content): file  (task-1 and task-2)", "at line 5 (lines 5 of task-1, 5 of task-2)"],
    );
    check(
        |sandbox| {
            write(sandbox, ONE, "new", "one\n");
            write(sandbox, OTHER, "new", "two\n");
        },
        &["add/add: new (lines 1 of task-1, 1 of task-2)"],
        &["CONFLICT (add/add): new  (task-1 and task-2)", "at line 1 (lines 1 of task-1, 1 of task-2)"],
    );
    // Each has renamed another file to this.
    check(
        |sandbox| {
            rename(sandbox, ONE, "file", "same");
            rename(sandbox, OTHER, "dir/one", "same");
        },
        &["add/add: same (lines 1-29 of task-1, 1-20 of task-2)"],
        &[
            "CONFLICT (add/add): same  (task-1 and task-2)",
            "at line 1 (lines 1-29 of task-1, 1-20 of task-2)",
        ],
    );
}

#[test]
fn deletions() {
    check(
        |sandbox| {
            edit(sandbox, ONE, "file", "five");
            remove(sandbox, OTHER, "file");
        },
        &["modify/delete: file (task-1 changed it, task-2 deleted it)"],
        &["CONFLICT (modify/delete): file  (task-1 and task-2)", "task-1 changed it, task-2 deleted it"],
    );
    check(
        |sandbox| {
            remove(sandbox, ONE, "file");
            edit(sandbox, OTHER, "file", "five");
        },
        &["modify/delete: file (task-2 changed it, task-1 deleted it)"],
        &["CONFLICT (modify/delete): file  (task-1 and task-2)", "task-2 changed it, task-1 deleted it"],
    );
}

#[test]
fn renames() {
    check(
        |sandbox| {
            rename(sandbox, ONE, "file", "f1");
            rename(sandbox, OTHER, "file", "f2");
        },
        &["rename/rename: file, f1, f2 (task-1 renamed file to f1, task-2 to f2)"],
        &[
            "CONFLICT (rename/rename): file, f1, f2  (task-1 and task-2)",
            "task-1 renamed file to f1, task-2 to f2",
        ],
    );
    check(
        |sandbox| {
            rename(sandbox, ONE, "file", "f1");
            remove(sandbox, OTHER, "file");
        },
        &["rename/delete: f1, file (task-1 renamed it from file, task-2 deleted it)"],
        &[
            "CONFLICT (rename/delete): f1, file  (task-1 and task-2)",
            "task-1 renamed it from file, task-2 deleted it",
        ],
    );
    check(
        |sandbox| {
            remove(sandbox, ONE, "file");
            rename(sandbox, OTHER, "file", "f1");
        },
        &["rename/delete: f1, file (task-2 renamed it from file, task-1 deleted it)"],
        &[
            "CONFLICT (rename/delete): f1, file  (task-1 and task-2)",
            "task-2 renamed it from file, task-1 deleted it",
        ],
    );
}

#[test]
fn directories() {
    check(
        |sandbox| {
            write(sandbox, ONE, "new", "x\n");
            write(sandbox, OTHER, "new/y", "y\n");
        },
        &["file/directory: new (task-1 has a file there, task-2 a directory)"],
        &[
            "CONFLICT (file/directory): new  (task-1 and task-2)",
            "task-1 has a file there, task-2 a directory",
        ],
    );
    check(
        |sandbox| {
            remove(sandbox, ONE, "file");
            write(sandbox, ONE, "file/x", "x\n");
            edit(sandbox, OTHER, "file", "five");
        },
        &[
            "file/directory: file (task-2 has a file there, task-1 a directory)",
            "modify/delete: file (task-2 changed it, task-1 deleted it)",
        ],
        &[
            "CONFLICT (file/directory): file  (task-1 and task-2)",
            "task-2 has a file there, task-1 a directory",
            "CONFLICT (modify/delete): file  (task-1 and task-2)",
            "task-2 changed it, task-1 deleted it",
        ],
    );
    check(
        |sandbox| {
            rename(sandbox, ONE, "dir", "moved");
            write(sandbox, OTHER, "dir/three", "n\n");
        },
        &["directory rename: moved/three, dir/three (task-1 renamed dir to moved, task-2 added this there)"],
        &[
            "CONFLICT (directory rename): moved/three, dir/three  (task-1 and task-2)",
            "task-1 renamed dir to moved, task-2 added this there",
        ],
    );
    let split = "it went to more than one place, so what was added there has none";
    check(
        |sandbox| {
            rename(sandbox, ONE, "dir/one", "p/one");
            rename(sandbox, ONE, "dir/two", "q/two");
            write(sandbox, OTHER, "dir/three", "n\n");
        },
        &[&format!("directory rename: dir ({split})")],
        &["CONFLICT (directory rename): dir  (task-1 and task-2)", split],
    );
}

#[test]
fn what_has_no_lines() {
    check(
        |sandbox| {
            sandbox.write(&format!("{ONE}/bin"), b"x\0b\n");
            sandbox.write(&format!("{OTHER}/bin"), b"y\0b\n");
        },
        &["binary: bin (it is no text, so one of both has to be chosen)"],
        &["CONFLICT (binary): bin  (task-1 and task-2)", "it is no text, so one of both has to be chosen"],
    );
    check(
        |sandbox| {
            link(sandbox, &format!("{ONE}/link"), "y");
            link(sandbox, &format!("{OTHER}/link"), "z");
        },
        &["content: link (task-1 and task-2 link to different places)"],
        &["CONFLICT (content): link  (task-1 and task-2)", "task-1 and task-2 link to different places"],
    );
    check(
        |sandbox| {
            remove(sandbox, ONE, "link");
            write(sandbox, ONE, "link", "text\n");
            link(sandbox, &format!("{OTHER}/link"), "z");
        },
        &["distinct types: link (task-1 has a file there, task-2 a link)"],
        &["CONFLICT (distinct types): link  (task-1 and task-2)", "task-1 has a file there, task-2 a link"],
    );
    check(
        |sandbox| {
            use std::os::unix::fs::PermissionsExt as _;
            for place in [ONE, OTHER] {
                write(sandbox, place, "new", "one\n");
            }
            let executable = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(sandbox.root.join(ONE).join("new"), executable).expect("a file");
        },
        &["add/add: new (it is executable in task-1 only)"],
        &["CONFLICT (add/add): new  (task-1 and task-2)", "it is executable in task-1 only"],
    );
    check(
        |sandbox| {
            module(sandbox, ONE, 2);
            module(sandbox, OTHER, 3);
        },
        &[
            "submodule: module (task-1 and task-2 moved it to different commits, one of which may hold the other)",
        ],
        &[
            "CONFLICT (submodule): module  (task-1 and task-2)",
            "task-1 and task-2 moved it to different commits, one of which may hold the other",
        ],
    );
}

/// Of a submodule that two have moved one commit is taken, by the command that is told.
#[test]
fn a_submodule_is_settled_as_it_is_told() {
    let sandbox = built();
    for (place, commit) in [(ONE, 2), (OTHER, 3)] {
        module(&sandbox, place, commit);
        sandbox.git_in(place, &["commit", "--quiet", "-m", "[COMPLETE] All of it"]).ok();
    }
    let typed = |command: &str| {
        let mut shell = sandbox.command("sh", &sandbox.root);
        shell.args(["-ec", command]);
        crate::sandbox::Said::of(shell, b"").ok();
    };
    let integrate = |args: &[&str]| sandbox.git(&[&["orchestrate", "integrate"], args].concat());
    let head = || sandbox.git(&["rev-parse", "integration/r:module"]).ok().out.trim().to_owned();
    for commit in ["2", "3"] {
        let stopped = integrate(&["--no-replay"]).fails(1).out;
        let refused = integrate(&["--continue"]).fails(1).err;
        let id = commit.repeat(40);
        let told = stopped.lines().find(|line| line.contains(&id) && line.starts_with("  git -C"));
        let (told, whose) = told.expect("a command").rsplit_once("   for that of ").expect("and whose it is");
        assert_eq!(whose, format!("task-{}", if commit == "2" { 1 } else { 2 }));
        assert!(refused.contains(&format!("of a submodule take a commit: {}\n", told.trim())), "{refused}");
        typed(told);
        integrate(&["--continue"]).ok();
        assert_eq!(head(), id);
        integrate(&["--undo", "task-1"]).ok();
    }
}
