//! Running a command that is struck at one of its changes to the file system.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::sandbox::{Said, Sandbox, fixture};

/// What happens at the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The process that makes it is killed: our program, a hook, or a git that one of them started.
    Self_,
    /// The command is killed with everything that it started.
    Tree,
    /// The command is killed, and what it started goes on.
    Top,
    /// It fails once.
    Once(Fault),
    /// It fails, and so does everything later that would write.
    Onwards(Fault),
}

/// An error of the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// `EIO`.
    InputOutput = 5,
    /// `EACCES`.
    Permission = 13,
    /// `ENOSPC`.
    NoSpace = 28,
    /// `EROFS`.
    ReadOnly = 30,
    /// `EDQUOT`.
    Quota = 122,
}

/// A command that was struck, or not because it made fewer calls.
#[derive(Debug)]
pub struct Struck {
    /// How it ended.
    pub said: Said,
    /// The call, as program, name and path; empty if it never came to it.
    pub call: String,
}

/// Each call that `args` makes in `place`, in order.
pub fn calls(sandbox: &Sandbox, place: &str, args: &[&str]) -> Vec<String> {
    let (_, log) = run(sandbox, place, args, ("count", 0, 0));
    log
}

/// Runs `args` in `place` and strikes at the call of this number.
pub fn strike(sandbox: &Sandbox, (place, args): (&str, &[&str]), way: Way, number: usize) -> Struck {
    let (what, fault) = match way {
        Way::Self_ => ("self", 0),
        Way::Tree => ("tree", 0),
        Way::Top => ("top", 0),
        Way::Once(fault) => ("once", fault as i32),
        Way::Onwards(fault) => ("onwards", fault as i32),
    };
    let (said, log) = run(sandbox, place, args, (what, number, fault));
    Struck { said, call: log.into_iter().next().unwrap_or_default() }
}

fn run(
    sandbox: &Sandbox,
    place: &str,
    args: &[&str],
    (what, number, fault): (&str, usize, i32),
) -> (Said, Vec<String>) {
    let home = sandbox.root.parent().expect("a sandbox has a home");
    let (log, scratch) = (home.join("strike.log"), home.join("scratch"));
    std::fs::create_dir_all(&scratch).expect("a directory");
    let mut command = sandbox.command(program(), &sandbox.root.join(place));
    command.env("TMPDIR", &scratch).arg(&log).arg(what);
    command.arg(number.to_string()).arg(fault.to_string()).args(args);
    let said = Said::of(command, b"");
    assert_ne!(said.code, 125, "the command cannot be traced: {}", said.err);
    let text = std::fs::read(&log).expect("strike writes a log");
    let text = String::from_utf8_lossy(&text).into_owned();
    std::fs::remove_dir_all(scratch).expect("what a killed program left");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.pop();
    (said, lines)
}

/// The tracer, compiled once.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("strike-{}", std::process::id()));
        let cc = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
        let mut compile = Command::new(cc);
        compile.args(["-O1", "-Wall", "-Wextra", "-Werror", "-o"]).arg(&program);
        Said::of(
            {
                compile.arg(fixture("faults/strike.c"));
                compile
            },
            b"",
        )
        .ok();
        let fixed = program.with_file_name("strike");
        std::fs::rename(&program, &fixed).expect("it was compiled");
        fixed
    })
}
