//! The manual and the completions: no drift, nothing missing, and they work.

use std::collections::BTreeSet;
use std::path::Path;

use orchestrate::cli::pages;

use crate::armed::Armed;
use crate::sandbox::Sandbox;

#[test]
fn man_pages_have_not_drifted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    let pages = pages::all().expect("pages render");
    for page in &pages {
        let kept = std::fs::read_to_string(folder.join(&page.file_name)).unwrap_or_default();
        assert!(kept == page.roff, "man/{} has drifted; run `cargo run -- man --to man`", page.file_name);
    }
    let generated: BTreeSet<_> = pages.into_iter().map(|page| page.file_name).collect();
    let kept: BTreeSet<_> = std::fs::read_dir(folder)
        .expect("man/ is there")
        .map(|entry| entry.expect("a directory entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(kept, generated, "man/ holds the generated pages and nothing else");
}

/// A comment on the variant would hide the one on its arguments, which says more.
#[test]
fn each_verb_is_described_where_its_arguments_are() {
    for program in ["orchestrate", "worker"] {
        let path = format!("{}/src/cli/{program}/mod.rs", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).expect("a source");
        let (_, verbs) = text.split_once("enum Verb {").expect("the verbs");
        let (verbs, _) = verbs.split_once('}').expect("they end");
        assert!(!verbs.contains("///"), "{path}: describe the verb on its Args");
    }
}

#[test]
fn man_pages_are_installed_beside_the_programs() {
    let sandbox = Sandbox::empty();
    let bin = sandbox.root.join("prefix with space/bin");
    std::fs::create_dir_all(&bin).expect("directories");
    let program = bin.join("git-orchestrate");
    // Another process copies: a file that a thread of ours has open for writing cannot be run.
    let copied = sandbox
        .command("cp", &sandbox.root)
        .args([env!("CARGO_BIN_EXE_git-orchestrate").as_ref(), program.as_os_str()])
        .status();
    assert!(copied.is_ok_and(|status| status.success()), "cp copies the program");
    let output = sandbox.command(&program, &sandbox.root).arg("man").output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = sandbox.read("prefix with space/share/man/man1/git-orchestrate-plan.1");
    assert!(page.contains(".SH SYNOPSIS"), "{page}");
    let page = sandbox.read("prefix with space/share/man/man7/git-orchestrate-security.7");
    assert!(page.contains(".SH \"WHAT IS NOT CLAIMED\""), "{page}");
}

#[test]
fn bash_completes_through_gits_own_completion() {
    let theirs = Path::new("/usr/share/bash-completion/completions/git");
    if !theirs.exists() {
        // git's completion is a package of its own on some systems; CI has it.
        return;
    }
    let sandbox = Armed::new().sandbox;
    let script = sandbox.git(&["orchestrate", "completions", "bash"]).ok().out;
    sandbox.write("ours.bash", script);
    let check = |words: &str, expect: &str| {
        let cursor = words.split(' ').count() - 1;
        let quoted: Vec<String> = words.split(' ').map(|word| format!("'{word}'")).collect();
        let line = format!(
            "source {}; source ours.bash; COMP_WORDS=({}); COMP_CWORD={cursor}; COMP_LINE='{words}'; \
             COMP_POINT=${{#COMP_LINE}}; __git_wrap__git_main; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            theirs.display(),
            quoted.join(" "),
        );
        let output = sandbox.command("bash", &sandbox.root).args(["-c", &line]).output().expect("bash runs");
        let answer = String::from_utf8_lossy(&output.stdout);
        assert!(
            answer.lines().any(|word| word.trim() == expect),
            "`{words}` completes to `{expect}`, not to {answer:?} ({})",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    check("git orchestrate integ", "integrate");
    check("git worker check", "checkpoint");
    check("git -C . orchestrate sta", "status");
    check("git orchestrate brief task-1-", "task-1-api");
    check("git orchestrate verify ", "task-2");
    check("git worker merge task-2", "task-2-models");
    check("git worker needs task-2", "task-2/Model");
    check("git orchestrate brief --as tas", "tasks");
    check("git orchestrate integrate --skip task-2", "task-2");
    check("git orchestrate integrate --dry", "--dry-run");
}

#[test]
fn names_to_complete_are_no_error_anywhere() {
    let said = Armed::new().sandbox.git(&["orchestrate", "completions", "--tasks"]).ok();
    assert!(said.out.starts_with("task-1\ntask-1-api\ntask-1/routes\n"), "{}", said.out);
    for sandbox in [Sandbox::empty(), Sandbox::repository()] {
        assert_eq!(sandbox.git(&["orchestrate", "completions", "--tasks"]).ok().out, "");
    }
}

#[test]
fn every_shell_gets_completions() {
    let sandbox = Sandbox::empty();
    for shell in ["bash", "zsh", "fish"] {
        let said = sandbox.git(&["orchestrate", "completions", shell]).ok();
        assert!(said.out.contains("git-orchestrate") && said.out.contains("git-worker"), "{shell}");
    }
}
