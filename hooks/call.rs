//! How git called: under which name, with which arguments and input.

use std::ffi::OsString;
use std::io::Read as _;
use std::path::Path;

/// One call of a hook.
pub struct Call {
    /// The name in githooks(5), such as `pre-commit`.
    pub event: String,
    /// What follows the name.
    pub args: Vec<OsString>,
    /// Everything on standard input, for the events that get something there. Two readers want it,
    /// the hook before ours and ours.
    pub stdin: Option<Vec<u8>>,
}

/// The events that git gives something on standard input; for all others it is empty.
const WITH_INPUT: [&str; 7] = [
    "post-rewrite",
    "pre-push",
    "pre-receive",
    "post-receive",
    "proc-receive",
    "reference-transaction",
    "push-to-checkout",
];

impl Call {
    /// The call that started this process.
    pub fn from_process() -> Call {
        let mut words = std::env::args_os();
        let program = words.next().unwrap_or_default();
        let name = Path::new(&program).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        // A hook manager that takes our place in our own directory calls us `<event>.legacy`.
        let stdin = WITH_INPUT.contains(&name.as_str()).then(|| {
            let mut input = Vec::new();
            let _ = std::io::stdin().lock().read_to_end(&mut input);
            input
        });
        Call { event: name, args: words.collect(), stdin }
    }
}
