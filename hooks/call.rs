//! How git called: under which name, with which arguments and input.

use std::cell::OnceCell;
use std::ffi::OsString;
use std::io::Read as _;
use std::path::Path;

/// One call of a hook.
pub struct Call {
    /// The name in githooks(5), such as `pre-commit`.
    pub event: String,
    /// What follows the name.
    pub args: Vec<OsString>,
    input: OnceCell<Vec<u8>>,
}

/// The events of ours that git gives something on standard input.
const WITH_INPUT: [&str; 4] = ["post-rewrite", "pre-push", "pre-receive", "reference-transaction"];

impl Call {
    /// The call that started this process.
    pub fn from_process() -> Call {
        Call { event: event(), args: std::env::args_os().skip(1).collect(), input: OnceCell::new() }
    }

    /// Everything on standard input, for the events that get something there. Two readers want it,
    /// the hook before ours and ours, so it is read once, and only where ours has something to say.
    pub fn input(&self) -> Option<&[u8]> {
        let read = || {
            let mut input = Vec::new();
            let _ = std::io::stdin().lock().read_to_end(&mut input);
            input
        };
        WITH_INPUT.contains(&self.event.as_str()).then(|| self.input.get_or_init(read).as_slice())
    }
}

/// The event that this process was started for: the name it was called by. A hook manager that takes
/// our place in our own directory calls us `<event>.legacy`.
pub fn event() -> String {
    let program = std::env::args_os().next().unwrap_or_default();
    Path::new(&program).file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
