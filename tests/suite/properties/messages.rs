//! Messages: what git makes of a file, against `git stripspace` and real commits; and what a journal
//! says, against `git interpret-trailers`.

use bstr::{BString, ByteSlice};
use orchestrate::model::journal::{Entry, Event};
use orchestrate::model::message::file::{Cleanup, Comment, Origin, clean};
use orchestrate::model::name::TaskName;
use proptest::prelude::*;
use proptest::sample::select;

use super::{git, hold};
use crate::sandbox::Sandbox;

/// Lines that clean-up does something with, and some that it leaves alone.
const LINES: [&[u8]; 26] = [
    b"",
    b"",
    b" ",
    b"\t",
    b"x",
    b"[CHECKPOINT] x",
    b"x  ",
    b"  x",
    b"x\r",
    b"x \t\r ",
    b"\r",
    b"# c",
    b"#",
    b" # c",
    b"#x",
    b"; c",
    b"// c",
    b"/ c",
    b"\x0b",
    b"x\x0c",
    b"x\xc2\xa0",
    b"\xc2\xa0",
    b"\xe2\x80\xa8",
    b"\xff\xfe",
    b"\xc3\xa9",
    b"---",
];

const MARKS: [&str; 5] = ["#", ";", "//", "é", "x"];

fn files() -> impl Strategy<Value = BString> {
    let lines = prop::collection::vec(select(&LINES[..]), 0..9);
    (lines, any::<bool>()).prop_map(|(lines, ended)| {
        let mut file: BString = bstr::join("\n", lines).into();
        file.extend(ended.then_some(b'\n'));
        file
    })
}

#[test]
fn files_are_cleaned_as_git_cleans_them() {
    let sandbox = Sandbox::empty();
    sandbox.git(&["init", "--quiet"]).ok();
    hold(150, &(files(), select(&MARKS[..])), |(file, mark)| {
        let comment = Comment::from_config(mark);
        let ours = clean(file.as_bstr(), &comment, Cleanup::Whitespace);
        prop_assert_eq!(
            ours,
            BString::from(git(&sandbox, &["stripspace"], &file)),
            "without comments: {:?}",
            &file
        );
        let ours = clean(file.as_bstr(), &comment, Cleanup::Strip);
        let config = format!("core.commentString={mark}");
        let theirs = git(&sandbox, &["-c", &config, "stripspace", "--strip-comments"], &file);
        prop_assert_eq!(ours, BString::from(theirs), "comments begin with {}: {:?}", mark, &file);
        Ok(())
    });
}

/// How a commit is made.
#[derive(Debug, Clone)]
struct Way {
    /// What an editor puts before what git wrote, or the file of `-F`.
    file: BString,
    mark: &'static str,
    origin: Origin,
    cleanup: Option<&'static str>,
    verbose: bool,
}

fn ways() -> impl Strategy<Value = Way> {
    let words =
        [None, Some("default"), Some("strip"), Some("whitespace"), Some("scissors"), Some("verbatim")];
    let marks = select(vec!["#", ";", "//", "auto"]);
    let origin = prop_oneof![2 => Just(Origin::Editor), 1 => Just(Origin::Given)];
    let scissors = "------------------------ >8 ------------------------";
    let cut = prop_oneof![
        4 => Just(String::new()),
        1 => Just(format!("\n# {scissors}\ny\n")),
        1 => Just(format!("\n; {scissors} \n# z\n")),
    ];
    (files(), cut, marks, origin, select(words.to_vec()), any::<bool>()).prop_map(
        |(mut file, cut, mark, origin, cleanup, verbose)| {
            // What is not UTF-8 is converted besides; git tells `auto` from an older meaning later.
            file = file.replace(b"\xff\xfe", b"").into();
            file.extend_from_slice(cut.as_bytes());
            let mark = if origin == Origin::Given && mark == "auto" { "#" } else { mark };
            Way { file, mark, origin, cleanup, verbose }
        },
    )
}

#[test]
fn the_message_that_a_hook_expects_is_the_one_that_is_stored() {
    let sandbox = Sandbox::repository();
    sandbox.write("README", "for -v\n");
    sandbox.git(&["add", "."]).ok();
    sandbox.install(".git/hooks/commit-msg", "#!/bin/sh\ncp \"$1\" .git/seen\n");
    sandbox.install(".git/edit", "#!/bin/sh\ncat .git/given \"$1\" > .git/edited && cp .git/edited \"$1\"\n");
    hold(60, &ways(), |way| {
        sandbox.git(&["reset", "-q", "--soft", "main"]).ok();
        sandbox.git(&["checkout", "-q", "-B", "trial"]).ok();
        let stored = commit(&sandbox, &way);
        let seen = std::fs::read(sandbox.root.join(".git/seen")).expect("the hook has run");
        let cleanup = Cleanup::chosen(way.cleanup, way.origin);
        let ours = clean(seen.as_bstr(), &Comment::from_config(way.mark), cleanup);
        prop_assert_eq!(ours, stored, "{:?} of {:?}", &way, seen.as_bstr());
        Ok(())
    });
}

/// Makes a commit and returns the message that it has.
fn commit(sandbox: &Sandbox, way: &Way) -> BString {
    sandbox.write(".git/given", &way.file);
    let mut command = sandbox.command("git", &sandbox.root);
    let mark = format!("core.commentString={}", way.mark);
    command.args(["-c", &mark, "commit", "-q", "--allow-empty-message"]);
    command.args(way.cleanup.map(|word| format!("--cleanup={word}")));
    match way.origin {
        Origin::Editor => command.env("GIT_EDITOR", ".git/edit").args(way.verbose.then_some("-v")),
        Origin::Given => command.args(["-F", ".git/given"]),
    };
    crate::sandbox::Said::of(command, b"").ok();
    let object = git(sandbox, &["cat-file", "commit", "HEAD"], b"");
    object.split_once_str("\n\n").map(|(_, message)| message.into()).unwrap_or_default()
}

/// A journal's texts: paragraphs that look like trailers, and like what ends them.
fn texts() -> impl Strategy<Value = String> {
    let lines = [
        "",
        "",
        "text",
        "Event: failed",
        "Task: task-9",
        "Writer: mallory",
        "---",
        "Signed-off-by: A <a@b>",
        "# no",
        " Event: x",
        "(cherry picked from commit abc)",
        "Event : y",
        "=",
        "Commit: 12",
    ];
    prop::collection::vec(select(lines.to_vec()), 0..8).prop_map(|lines| lines.join("\n"))
}

#[test]
fn trailers_of_a_journal_are_those_that_git_sees() {
    let sandbox = Sandbox::empty();
    let event =
        select(vec![Event::Started, Event::Announced, Event::Failed, Event::Other("new-word".into())]);
    hold(60, &(texts(), event, any::<bool>()), |(text, event, has_task)| {
        let entry = Entry {
            task: has_task.then(|| TaskName::new("task-2-models").expect("a name")),
            text,
            ..Entry::new(event, "task-2-models")
        };
        let message = entry.to_message();
        let args = ["interpret-trailers", "--parse", "--only-trailers", "--no-divider"];
        let theirs = git(&sandbox, &args, message.as_bytes());
        let mut ours = format!("Event: {}\n", entry.event);
        ours += &entry.task.as_ref().map(|task| format!("Task: {task}\n")).unwrap_or_default();
        ours += "Writer: task-2-models\n";
        prop_assert_eq!(theirs.to_str_lossy(), &*ours, "of {:?}", message);
        let read = Entry::from_message(message.as_str().into(), 0);
        let expect = Entry { text: entry.text.trim_end().to_owned(), ..entry.clone() };
        prop_assert_eq!(read, Some(expect));
        Ok(())
    });
}
