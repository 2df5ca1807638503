//! Nobody's code runs by accident: a repository full of commands, and none of them is run.
//!
//! Whoever works in a linked worktree can write the configuration, the attributes and the hooks that
//! all worktrees share, and git runs what they name. Each such command leaves a mark here when it is
//! run, named after the place it was written in. What git cannot do without, and which marks it then
//! leaves, stands in the tests by name.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::armed::Armed;
use crate::sandbox::{Said, install};

const API: &str = "task-1-api";
const MODELS: &str = "task-2-models";
const DOCS: &str = "task-3-docs";

/// The keys of git's configuration whose value is run as a command.
const KEYS: &[&str] = &[
    "core.fsmonitor",
    "core.pager",
    "core.editor",
    "core.askPass",
    "core.sshCommand",
    "core.gitProxy",
    "core.alternateRefsCommand",
    "sequence.editor",
    "pager.log",
    "pager.status",
    "diff.external",
    "diff.trap.textconv",
    "diff.trap.command",
    "merge.trap.driver",
    "merge.default",
    "filter.trap.clean",
    "filter.trap.smudge",
    "gpg.program",
    "gpg.ssh.program",
    "gpg.ssh.defaultKeyCommand",
    "credential.helper",
    "interactive.diffFilter",
    "trailer.sign.command",
    "uploadpack.packObjectsHook",
    "alias.orchestrate",
    "alias.worker",
    "alias.status",
    "alias.log",
    "alias.merge-tree",
    "alias.rev-parse",
    "web.browser",
    "man.viewer",
];

/// The variables of the environment that git runs as commands.
const VARIABLES: &[&str] = &[
    "GIT_EXTERNAL_DIFF",
    "GIT_PAGER",
    "PAGER",
    "GIT_EDITOR",
    "GIT_SEQUENCE_EDITOR",
    "EDITOR",
    "VISUAL",
    "GIT_ASKPASS",
    "SSH_ASKPASS",
    "GIT_SSH_COMMAND",
    "GIT_PROXY_COMMAND",
];

/// The hooks of githooks(5) that a command of ours could set off.
const HOOKS: &[&str] = &[
    "pre-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "pre-merge-commit",
    "post-merge",
    "post-checkout",
    "post-rewrite",
    "pre-rebase",
    "pre-push",
    "reference-transaction",
    "post-index-change",
    "pre-auto-gc",
    "fsmonitor-watchman",
];

/// A run whose repository names a command wherever git takes one.
struct Trapped {
    run: Armed,
    marks: PathBuf,
}

impl Trapped {
    fn new() -> Trapped {
        let run = Armed::new();
        run.commit(MODELS, "models/x.py", "[COMPLETE] Models").ok();
        run.git(API, &["merge", "-q", "--no-ff", "--no-edit", "work/task-2-models"]).ok();
        run.commit(API, "api/x.py", "[COMPLETE] Routes").ok();
        run.commit(DOCS, "docs/x.md", "[COMPLETE] Docs").ok();
        let marks = run.sandbox.root.with_file_name("marks");
        std::fs::create_dir(&marks).expect("a directory");
        let trapped = Trapped { run, marks };
        trapped.set();
        trapped
    }

    fn set(&self) {
        let trap = self.marks.with_file_name("trap");
        let script = format!("#!/bin/sh\ntouch '{}'/\"$1\"\ncat >/dev/null\n", self.marks.display());
        install(&trap, &script);
        let config: String = KEYS
            .iter()
            .map(|key| {
                let (section, name) = key.rsplit_once('.').expect("a key has a section");
                let section = match section.split_once('.') {
                    Some((section, sub)) => format!("{section} \"{sub}\""),
                    None => section.to_owned(),
                };
                let bang = if key.starts_with("alias.") || *key == "credential.helper" { "!" } else { "" };
                format!("[{section}]\n\t{name} = \"{bang}{} {key}\"\n", trap.display())
            })
            .collect();
        let hooks = self.marks.with_file_name("hooks");
        std::fs::create_dir(&hooks).expect("a directory");
        for hook in HOOKS {
            let script = format!("#!/bin/sh\ntouch '{}'/hook-{hook}\n", self.marks.display());
            install(&hooks.join(hook), &script);
        }
        // From git 2.54 on the configuration names hooks, too; they leave the same marks.
        let named = |hook: &&str| {
            let command = format!("touch '{}'/hook-{hook}", self.marks.display());
            format!("[hook \"trap-{hook}\"]\n\tevent = {hook}\n\tcommand = \"{command}\"\n")
        };
        let config = HOOKS.iter().map(named).fold(config, |config, one| config + &one);
        let config = format!(
            "{config}[core]\n\thooksPath = {}\n[commit]\n\tgpgSign = true\n[log]\n\tshowSignature = true\n\
             [diff]\n\tignoreSubmodules = all\n[status]\n\tsubmoduleSummary = true\n[protocol \"ext\"]\n\tallow = always\n",
            hooks.display()
        );
        let path = self.run.sandbox.root.join(".git/config");
        let before = std::fs::read_to_string(&path).expect("a configuration");
        std::fs::write(&path, before + &config).expect("it is written");
        self.run.sandbox.write(".git/info/attributes", "* filter=trap diff=trap merge=trap\n");
    }

    /// `git-<program> <args>` in a directory of the repository, under an environment full of traps.
    fn call(&self, directory: &str, words: &[&str]) -> Said {
        let (program, args) = words.split_first().expect("a program");
        let mut command = self.run.sandbox.command(program, &self.run.sandbox.root.join(directory));
        let trap = self.marks.with_file_name("trap");
        for variable in VARIABLES {
            command.env(variable, format!("{} {variable}", trap.display()));
        }
        Said::from(command.args(args).output().expect("it runs"))
    }

    /// What was run since it was last asked.
    fn marks(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for entry in std::fs::read_dir(&self.marks).expect("a directory").flatten() {
            found.insert(entry.file_name().to_string_lossy().into_owned());
            std::fs::remove_file(entry.path()).expect("a mark");
        }
        found
    }

    #[track_caller]
    fn runs(&self, expected: &[&str], what: &str) {
        let marks = self.marks();
        let marks: Vec<&str> = marks.iter().map(String::as_str).collect();
        assert_eq!(marks, expected, "what {what} ran");
    }

    /// For what looks at files: where one is as young as the index, git compares its content.
    #[track_caller]
    fn runs_but_for_the_filter(&self, what: &str) {
        let mut marks = self.marks();
        marks.remove("filter.trap.clean");
        assert_eq!(marks, BTreeSet::new(), "what {what} ran");
    }
}

#[test]
fn the_traps_are_set() {
    let trapped = Trapped::new();
    trapped.call(".", &["git", "-c", "core.pager=cat", "diff", "HEAD~1"]);
    trapped.call(".", &["git", "status"]);
    trapped.call(".", &["git", "checkout", "-q", "-f", "HEAD"]);
    let marks = trapped.marks();
    for mark in ["core.fsmonitor", "diff.trap.command", "filter.trap.clean", "hook-post-checkout"] {
        assert!(marks.contains(mark), "{mark} is a trap that works: {marks:?}");
    }
}

#[test]
fn reading_runs_nothing() {
    let trapped = Trapped::new();
    for line in [
        "git-orchestrate status",
        "git-orchestrate status --format json",
        "git-orchestrate verify",
        "git-orchestrate verify --format json",
        "git-orchestrate plan",
        "git-orchestrate brief task-1",
        "git-orchestrate brief",
        "git-orchestrate integrate --dry-run",
        "git-orchestrate cleanup --dry-run",
        "git-orchestrate doctor",
        "git-orchestrate reindex",
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let said = trapped.call(".", &words);
        assert!(said.code >= 0 && said.code < 100, "{line}: {}", said.err);
        match words[1] {
            "status" | "cleanup" | "doctor" => trapped.runs_but_for_the_filter(line),
            _ => trapped.runs(&[], line),
        }
    }
    for line in ["git-worker status", "git-worker brief", "git-worker check api/new.py README.txt"] {
        let words: Vec<&str> = line.split(' ').collect();
        trapped.call("worktrees/task-1-api", &words);
        trapped.runs_but_for_the_filter(line);
    }
}

/// git compares a changed file only through the filter that it was checked out with; without it,
/// every file that git-lfs keeps would look changed.
#[test]
fn only_the_filter_runs_where_files_are_compared() {
    let trapped = Trapped::new();
    trapped.run.write(API, "api/a.py", "changed\n");
    trapped.call(".", &["git-orchestrate", "status"]);
    trapped.runs(&["filter.trap.clean"], "status of a changed file");
    trapped.call(".", &["git-orchestrate", "verify"]);
    trapped.call(".", &["git-orchestrate", "integrate", "--dry-run"]);
    trapped.runs(&[], "verification, which reads no files");
}

#[test]
fn integrating_runs_nothing() {
    let trapped = Trapped::new();
    let said = trapped.call(".", &["git-orchestrate", "integrate"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    trapped.runs(&[], "integrate");
    let merged = trapped.run.sandbox.git(&[
        "-c",
        "core.fsmonitor=false",
        "cat-file",
        "-p",
        "integration/demo:api/x.py",
    ]);
    assert_eq!(merged.ok().out, "[COMPLETE] Routes\n", "what was merged went through no filter");
}

/// Called as git calls them, so that nothing is seen of what git itself runs on its way to a hook.
#[test]
fn our_hooks_run_nothing_but_the_hooks_before_them() {
    let trapped = Trapped::new();
    let git_dir = trapped.run.worktree(API).git_dir;
    let hooks = trapped.run.sandbox.root.join(".git/orchestrate/hooks");
    std::fs::write(git_dir.join("COMMIT_EDITMSG"), "[CHECKPOINT] More\n").expect("a message");
    for (hook, args) in [
        ("pre-commit", &[][..]),
        ("prepare-commit-msg", &["COMMIT_EDITMSG"]),
        ("commit-msg", &["COMMIT_EDITMSG"]),
        ("post-commit", &[]),
        ("pre-push", &["origin", "/nowhere"]),
    ] {
        let mut command = trapped.run.sandbox.command(hooks.join(hook), &trapped.run.path(API));
        command.env("GIT_DIR", &git_dir).env("GIT_INDEX_FILE", git_dir.join("index"));
        let args = args.iter().map(|arg| match *arg {
            "COMMIT_EDITMSG" => git_dir.join(arg).display().to_string(),
            other => other.to_owned(),
        });
        let said = Said::from(command.args(args).output().expect("it runs"));
        assert!(said.code == 0 || said.err.contains("refused: "), "{hook}: {}", said.err);
        let before = format!("hook-{hook}");
        trapped.runs(&[before.as_str()], hook);
    }
}

/// Whoever pushes chooses what a push is made of; the server's hook runs none of it.
#[test]
fn a_server_runs_nothing() {
    let trapped = Trapped::new();
    let sandbox = &trapped.run.sandbox;
    let off: Vec<String> = HOOKS.iter().map(|hook| format!("hook.trap-{hook}.enabled=false")).collect();
    let off: Vec<&str> = off.iter().flat_map(|setting| ["-c", setting.as_str()]).collect();
    let git = |args: &[&str]| {
        let plain: &[&str] = &["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"];
        sandbox.git(&[plain, &off, args].concat())
    };
    git(&["init", "-q", "--bare", "../origin.git"]).ok();
    git(&["push", "-q", "../origin.git", "main", "refs/orchestrate/demo/plan"]).ok();
    trapped.marks();
    let config = std::fs::read_to_string(sandbox.root.join(".git/config")).expect("a configuration");
    let config = config.replace("hooksPath", "noHooksPath").replace("worktreeConfig = true", "");
    // What git runs for any push that moves a ref is no call of ours.
    let config = config.replace("\tevent = ", "\tnoEvent = ");
    std::fs::write(sandbox.root.join("../origin.git/config"), config.replace("bare = false", "bare = true"))
        .expect("traps");
    std::fs::write(
        sandbox.root.join("../origin.git/info/attributes"),
        "* merge=trap filter=trap diff=trap\n",
    )
    .expect("traps");
    // What git itself runs for any push: to find out what the alternates of the quarantine have.
    git(&["push", "-q", "../origin.git", "work/task-3-docs:free"]).ok();
    trapped.runs(&["core.alternateRefsCommand"], "git");
    let said = trapped.call("../origin.git", &["git-orchestrate", "server"]);
    assert_eq!(said.code, 0, "{}", said.err);
    trapped.runs(&[], "putting the hook in place");
    git(&["push", "-q", "../origin.git", "work/task-1-api", "work/task-2-models"]).ok();
    trapped.runs(&["core.alternateRefsCommand"], "a push that is judged");
}

#[test]
fn commands_of_a_plan_run_only_when_they_were_accepted() {
    let run = crate::sandbox::Sandbox::repository();
    let mark = run.root.with_file_name("mark");
    let plan = |word: &str| {
        format!(
            "run = \"demo\"\nbase = \"main\"\n[protocol]\nbody = \"off\"\nevidence = [\"touch {0}-evidence-{word}\"]\n\
             [setup]\nrun = [\"touch {0}-setup-{word}\"]\n[[task]]\nname = \"task-1-api\"\nscope = [\"api/\"]\n",
            mark.display()
        )
    };
    let ran = || -> Vec<String> {
        let names = std::fs::read_dir(mark.parent().expect("it has one")).expect("a directory").flatten();
        let mut names: Vec<String> =
            names.map(|name| name.file_name().to_string_lossy().into_owned()).collect();
        names.retain(|name| name.starts_with("mark-"));
        names.sort();
        names
    };
    run.write("plan.toml", plan("one"));
    let said = run.git(&["orchestrate", "start", "plan.toml"]);
    assert_ne!(said.code, 0, "nobody accepted anything");
    for command in ["mark-setup-one", "mark-evidence-one", "hint: accept exactly these with --yes"] {
        assert!(said.err.contains(command), "{command} is shown\n{}", said.err);
    }
    assert_eq!(ran(), [""; 0]);
    run.git(&["orchestrate", "start", "plan.toml", "--yes"]).ok();
    assert_eq!(ran(), ["mark-setup-one"]);
    // The same again asks for nothing; another word is another command.
    run.git(&["orchestrate", "start", "plan.toml"]).ok();
    run.write("plan.toml", plan("two"));
    assert_ne!(run.git(&["orchestrate", "start", "plan.toml"]).code, 0);
    assert_eq!(ran(), ["mark-setup-one"]);
    // A plan that came another way, as by a fetch: its evidence is not run either.
    let worker = |args: &[&str]| run.git_in("worktrees/task-1-api", args);
    run.write("worktrees/task-1-api/api/x.py", "x\n");
    worker(&["add", "."]).ok();
    worker(&["commit", "-qm", "[CHECKPOINT] X"]).ok();
    let blob = run.git(&["hash-object", "-w", "plan.toml"]).ok().out;
    run.write("tree", format!("100644 blob {}\tplan.toml\n", blob.trim()));
    let tree = {
        let mut command = run.command("bash", &run.root);
        Said::from(command.args(["-c", "git mktree <tree"]).output().expect("bash runs")).ok().out
    };
    let base = run.git(&["rev-parse", "main"]).ok().out;
    let message = format!("Plan\n\nBase: {}\nBase-Ref: refs/heads/main\n", base.trim());
    let parent = "refs/orchestrate/demo/plan";
    let id = run.git(&["commit-tree", tree.trim(), "-p", parent, "-m", &message]).ok().out;
    run.git(&["update-ref", parent, id.trim()]).ok();
    let said = worker(&["worker", "complete", "-m", "Done"]);
    assert_ne!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.err.contains("mark-evidence-two"), "{}", said.err);
    assert_eq!(ran(), ["mark-setup-one"]);
    worker(&["worker", "complete", "-m", "Done", "--yes"]).ok();
    assert_eq!(ran(), ["mark-evidence-two", "mark-setup-one"]);
}
