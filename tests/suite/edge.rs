//! The edge of both programs: usage, exit codes, streams.

use crate::sandbox::Sandbox;

#[test]
fn wrong_usage_is_an_error() {
    let sandbox = Sandbox::empty();
    for program in ["orchestrate", "worker"] {
        let said = sandbox.git(&[program, "no-such-verb"]).fails(2);
        assert!(said.err.contains("no-such-verb"), "usage errors name the word: {}", said.err);
        assert_eq!(said.out, "", "an error writes nothing to standard output");
    }
}

#[test]
fn a_present_that_is_none_is_told() {
    let sandbox = Sandbox::repository();
    let said = |now: &str| {
        let mut command = sandbox.command("git", &sandbox.root);
        let output =
            command.env("GIT_ORCHESTRATE_NOW", now).args(["orchestrate", "completions", "--tasks"]).output();
        String::from_utf8_lossy(&output.expect("it runs").stderr).into_owned()
    };
    assert_eq!(said("1705329000"), "");
    assert_eq!(said(""), "");
    assert_eq!(said("to\u{1b}day"), "warning: GIT_ORCHESTRATE_NOW is no number of seconds: to\\x1bday\n");
}

#[test]
fn a_sandbox_is_what_it_says() {
    let sandbox = Sandbox::repository();
    assert_eq!(sandbox.read("README"), "hello\n");
    assert_eq!(sandbox.git_in(".git", &["rev-parse", "--is-inside-git-dir"]).ok().out, "true\n");
    let built = Sandbox::from_script("myapp.sh");
    assert_eq!(built.git(&["rev-list", "--count", "HEAD"]).ok().out, "1\n");
}
