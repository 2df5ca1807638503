//! Properties that must hold for whatever comes, each against an oracle: git's own answer, or a
//! search through every possibility.
//!
//! What is generated is small and crowded, so that things meet; how many cases are tried stands in
//! [`crate::effort`].

mod changes;
mod messages;
mod names;
mod notes;
mod orders;
mod overlaps;
mod scopes;

use std::io::Write as _;
use std::process::Stdio;

use proptest::strategy::Strategy;
use proptest::test_runner::TestCaseResult;

use crate::effort;
use crate::sandbox::Sandbox;

/// Tries as many values of a strategy as the environment asks for.
#[track_caller]
fn hold<S: Strategy>(count: u32, values: &S, test: impl Fn(S::Value) -> TestCaseResult) {
    let outcome = effort::runner(count).run(values, test);
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

/// The bytes that `git <args>` prints, given some on its standard input.
#[track_caller]
fn git(sandbox: &Sandbox, args: &[&str], input: &[u8]) -> Vec<u8> {
    let mut command = sandbox.command("git", &sandbox.root);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("git runs");
    let mut pipe = child.stdin.take().expect("it is piped");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || pipe.write_all(&input));
    let output = child.wait_with_output().expect("git ends");
    let _ = writer.join().expect("no panic");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
