//! How git called: under which name, with which arguments and input.

use std::cell::OnceCell;
use std::ffi::OsString;
use std::io::{self, Read as _};
use std::path::Path;

use orchestrate::git::hooks::{EVENTS, GUARD, receive};

/// One call of a hook.
pub struct Call {
    /// The name in githooks(5), such as `pre-commit`.
    pub event: String,
    /// What follows the name.
    pub args: Vec<OsString>,
    input: OnceCell<io::Result<Vec<u8>>>,
}

/// The events of ours that git gives something on standard input.
const WITH_INPUT: [&str; 4] = ["post-rewrite", "pre-push", "pre-receive", "reference-transaction"];

impl Call {
    /// The call that started this process.
    pub fn from_process() -> Call {
        let (event, args) = words();
        Call { event, args, input: OnceCell::new() }
    }

    /// Everything on standard input, for the events that get something there. Two readers want it,
    /// the hook before ours and ours, so it is read once, and only where ours has something to say.
    ///
    /// # Errors
    /// Where not all of it can be read: what is missing could be what must not pass.
    pub fn input(&self) -> io::Result<Option<&[u8]>> {
        if !WITH_INPUT.contains(&self.event.as_str()) {
            return Ok(None);
        }
        let read = || {
            let mut input = Vec::new();
            io::stdin().lock().read_to_end(&mut input).map(|_| input)
        };
        let told = |error: &io::Error| {
            io::Error::new(error.kind(), format!("cannot read what git says on standard input: {error}"))
        };
        self.input.get_or_init(read).as_ref().map(|input| Some(input.as_slice())).map_err(told)
    }

    /// Whether the name is no event's although the caller wants a push judged, or whatever else: the
    /// program under its own name, or under one of somebody's invention while a push waits.
    pub fn is_misnamed(&self) -> bool {
        let is_event =
            EVENTS.contains(&self.event.as_str()) || [GUARD, receive::EVENT].contains(&self.event.as_str());
        self.event == PROGRAM || !is_event && std::env::var_os("GIT_QUARANTINE_PATH").is_some()
    }
}

/// The event that this process was started for.
pub fn event() -> String {
    words().0
}

/// The event and what follows it. The program is called by the event's name, or as itself with the
/// event's file before the arguments, which is how the system starts the interpreter of a file. A
/// hook manager that takes our place in our own directory calls us `<event>.legacy`.
fn words() -> (String, Vec<OsString>) {
    let stem =
        |word: &OsString| Path::new(word).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let words: Vec<OsString> = std::env::args_os().collect();
    let is_interpreter = words.len() > 1 && stem(&words[0]) == PROGRAM;
    let mut words = words.into_iter().skip(usize::from(is_interpreter));
    let event = words.next().as_ref().map(stem).unwrap_or_default();
    (event, words.collect())
}

/// The program's own name.
const PROGRAM: &str = "git-orchestrate-hook";
