//! A hook of the user's runs under ours exactly as it would without us.
//!
//! The oracle is git itself: each case runs in two repositories that are the same but for our key,
//! and everything that can be seen must be the same: exit codes, output, and what a hook that spies
//! was given. Paths and process numbers are made alike first.

use std::path::PathBuf;

use crate::armed::{Armed, PLAN};
use crate::configured_hooks::runs_configured;
use crate::sandbox::{Said, Sandbox, environment};

const MODELS: &str = "task-2-models";

/// Writes down everything that a hook is given; the guard is the one thing that we add.
const SPY: &str = r#"#!/bin/sh
{
  echo "== $0"
  for arg; do echo "arg $arg"; done
  echo "cwd $(pwd)"
  env | grep -v -e ^_= -e ^GIT_ORCHESTRATE_CHAINED= | LC_ALL=C sort
  echo "input"
  cat
} >>"$LOG"
"#;

/// Functions for the scripts of the cases.
const PRELUDE: &str = r#"
set -u
install() { mkdir -p "$(dirname "$1")"; printf "$2" >"$1"; chmod +x "$1"; }
spy() { mkdir -p "$(dirname "$1")"; cp "$SPY" "$1"; chmod +x "$1"; }
good() { echo "$1" >>models/m.py; git add models && git commit -qm "[CHECKPOINT] $1"; }
"#;

/// A repository with a run, where hooks write to a log.
struct Stage {
    run: Armed,
    with_ours: bool,
}

/// What can be seen of a case.
#[derive(Debug, PartialEq)]
struct Seen {
    code: i32,
    out: String,
    err: String,
    log: String,
}

impl Seen {
    /// The same without the calls of the hook that git runs whenever it has written an index.
    fn but_for_index_changes(&self) -> Seen {
        let calls: Vec<&str> = self.log.split("\n== ").filter(|call| !is_index_change(call)).collect();
        Seen { code: self.code, out: self.out.clone(), err: self.err.clone(), log: calls.join("\n== ") }
    }

    /// The lines that differ, each with those before it.
    fn difference(&self, other: &Seen) -> String {
        let lines = |seen: &Seen| {
            let Seen { code, out, err, log } = seen;
            format!("code {code}\n[out]\n{out}\n[err]\n{err}\n[log]\n{log}")
        };
        let (mine, others) = (lines(self), lines(other));
        let (mine, others): (Vec<&str>, Vec<&str>) = (mine.lines().collect(), others.lines().collect());
        let Some(first) = (0..mine.len().max(others.len())).find(|&at| mine.get(at) != others.get(at)) else {
            return String::new();
        };
        let show = |sign: &str, lines: &[&str]| -> String {
            lines.iter().skip(first).take(12).map(|line| format!("\n{sign} {line}")).collect()
        };
        let before: String =
            mine[first.saturating_sub(40)..first].iter().map(|line| format!("\n  {line}")).collect();
        before + &show("-", &mine) + &show("+", &others)
    }
}

fn is_index_change(call: &str) -> bool {
    let name = call.trim_start_matches("== ").lines().next().unwrap_or_default();
    name.ends_with("/post-index-change")
}

impl Stage {
    fn new(with_ours: bool) -> Stage {
        let sandbox = Sandbox::repository();
        sandbox.write("models/m.py", "one\n");
        sandbox.git(&["add", "."]).ok();
        sandbox.git(&["commit", "-qm", "Base"]).ok();
        let run = Armed::on(sandbox, PLAN);
        std::fs::write(run.sandbox.root.join("../spy"), SPY).expect("a script");
        Stage { run, with_ours }
    }

    /// Arms again, or takes our key out, so that git is alone.
    fn set(&self) {
        self.run.arm();
        if !self.with_ours {
            self.run.git(MODELS, &["config", "--worktree", "--unset", "core.hooksPath"]).ok();
        }
    }

    fn shell(&self, directory: PathBuf, script: &str) -> Said {
        let root = &self.run.sandbox.root;
        let home = root.parent().expect("a sandbox has a home");
        let mut command = self.run.sandbox.command("sh", &directory);
        // A configuration of its own, so that a case can write to it.
        command.env_clear().envs(environment(home)).env("GIT_CONFIG_GLOBAL", home.join("global.gitconfig"));
        command.env("LOG", home.join("log")).env("SPY", home.join("spy")).env("MAIN", root);
        command.env("HOOKS", root.join(".git/hooks")).env("PWD", &directory);
        command.arg("-c").arg(format!("{PRELUDE}\n{script}"));
        Said::of(command, b"")
    }

    /// One case: `prepare` in the main worktree, `action` in the worker's, and all as it was before.
    fn play(&self, prepare: &str, action: &str) -> Seen {
        let root = &self.run.sandbox.root;
        let home = root.parent().expect("a sandbox has a home");
        let _ = std::fs::remove_file(home.join("log"));
        let global = std::fs::read(crate::sandbox::fixture("gitconfig")).expect("a fixture");
        std::fs::write(home.join("global.gitconfig"), global).expect("a configuration");
        let config = std::fs::read(root.join(".git/config")).expect("a configuration");
        self.shell(root.clone(), &format!("set -e; rm -rf \"$HOOKS\"; mkdir \"$HOOKS\"\n{prepare}")).ok();
        self.set();
        let said = self.shell(self.run.path(MODELS), action);
        let log = std::fs::read_to_string(home.join("log")).unwrap_or_default();
        std::fs::write(root.join(".git/config"), config).expect("the configuration is as it was");
        self.shell(root.clone(), "rm -rf \"$HOOKS\"; mkdir \"$HOOKS\"").ok();
        let branch = "git checkout -qf work/task-2-models; git reset -q --hard main; git clean -qfd";
        self.shell(self.run.path(MODELS), branch).ok();
        let alike = |text: &str| self.alike(text);
        Seen { code: said.code, out: alike(&said.out), err: alike(&said.err), log: alike(&log) }
    }

    /// Without what differs from one repository and one process to the next.
    fn alike(&self, text: &str) -> String {
        let home = self.run.sandbox.root.parent().expect("a sandbox has a home").display().to_string();
        let number = regex::Regex::new(r"(next-index-|index\.stash\.)\d+").expect("a pattern");
        number.replace_all(&text.replace(&home, "HOME"), "${1}N").into_owned()
    }
}

/// The same case with ours and without.
struct Both {
    with: Stage,
    without: Stage,
}

impl Both {
    fn new() -> Both {
        Both { with: Stage::new(true), without: Stage::new(false) }
    }

    /// The case is played again if only `post-index-change` differs: git writes the index once more
    /// where a file is no older than the index itself, and that is chance.
    #[track_caller]
    fn same(&self, name: &str, prepare: &str, action: &str) -> Seen {
        let play = || (self.without.play(prepare, action), self.with.play(prepare, action));
        let (mut without, mut with) = play();
        for _ in 0..5 {
            if without == with || without.but_for_index_changes() != with.but_for_index_changes() {
                break;
            }
            (without, with) = play();
        }
        let difference = without.difference(&with);
        assert!(difference.is_empty(), "{name}: `-` git alone, `+` with ours{difference}");
        with
    }
}

#[test]
fn every_event_is_given_what_git_gives() {
    let both = Both::new();
    const NAMES: &str = "applypatch-msg pre-applypatch post-applypatch pre-commit pre-merge-commit \
        prepare-commit-msg commit-msg post-commit pre-rebase post-checkout post-merge pre-push \
        pre-auto-gc post-rewrite sendemail-validate fsmonitor-watchman post-index-change \
        reference-transaction push-to-checkout pre-receive update proc-receive post-receive post-update";
    let prepare = format!("for name in {NAMES}; do spy \"$HOOKS/$name\"; done");
    let check = |name: &str, action: &str, events: &[&str]| {
        let seen = both.same(name, &prepare, action);
        assert_eq!(seen.code, 0, "{name}: {}", seen.err);
        for event in events {
            assert!(seen.log.contains(&format!("== HOME/repo/.git/hooks/{event}\n")), "{name}: no {event}");
        }
    };
    let commit = ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "reference-transaction"];
    check("commit", "good a", &commit);
    check(
        "commit below the top",
        "echo b >models/b; cd models && git add b && git commit -qm '[CHECKPOINT] b'",
        &commit,
    );
    check("commit -a", "echo c >>models/m.py; git commit -qam '[CHECKPOINT] c'", &["post-index-change"]);
    check(
        "commit of a path",
        "echo d >>models/m.py; git commit -qm '[CHECKPOINT] d' -- models/m.py",
        &commit,
    );
    let editor = "echo e >>models/m.py; GIT_EDITOR='printf \"[CHECKPOINT] e\\n\" >' git commit -qa";
    check("commit with an editor", editor, &commit);
    check("commit --no-verify", "echo f >>models/m.py; git commit -qnam '[CHECKPOINT] f'", &["post-commit"]);
    check("amend", "good g; git commit -q --amend -m '[CHECKPOINT] h'", &["post-rewrite"]);
    check(
        "settings of the call",
        "echo i >>models/m.py; git -c user.name=I commit -qam '[CHECKPOINT] i'",
        &commit,
    );
    let merge =
        "good j; git -C \"$MAIN\" commit -q --allow-empty -m More; git merge -q --no-ff --no-edit main";
    check("merge", merge, &["pre-merge-commit", "post-merge"]);
    check("fast-forward", "git checkout -qb other; git merge -q --ff-only main", &["post-checkout"]);
    let rebase = "good k; good l; git -C \"$MAIN\" commit -q --allow-empty -m More; git rebase -q main";
    check("rebase", rebase, &["pre-rebase", "post-rewrite"]);
    check(
        "cherry-pick",
        "good m; git reset -q --hard HEAD~; git cherry-pick ORIG_HEAD >/dev/null",
        &["post-commit"],
    );
    check("revert", "good n; git revert --no-edit HEAD >/dev/null", &["post-commit"]);
    let am = "good o; git format-patch -q -1 --stdout >\"$LOG.patch\"; git reset -q --hard HEAD~; git am -q \"$LOG.patch\"";
    check("am", am, &["applypatch-msg", "pre-applypatch", "post-applypatch"]);
    let push = "rm -rf \"$MAIN/../bare\"; git init -q --bare \"$MAIN/../bare\"; good p; git push -q \"$MAIN/../bare\" HEAD HEAD:refs/tags/x";
    check("push", push, &["pre-push"]);
    check("gc", "good q; git -c gc.auto=1 -c gc.autoDetach=false gc --auto -q", &[]);
    check("stash", "echo r >>models/m.py; git stash -q; git stash pop -q", &["post-index-change"]);
    check(
        "worktree add",
        "git worktree add -q --detach \"$MAIN/../new\"; git worktree remove \"$MAIN/../new\"",
        &["post-checkout"],
    );
    check(
        "hook run",
        "git hook run --to-stdin=models/m.py sendemail-validate -- a 'b c'",
        &["sendemail-validate"],
    );
}

#[test]
fn what_a_hook_answers_is_answered() {
    let both = Both::new();
    let action = "good a; echo $?; git hook run pre-commit; echo $?; git rev-parse HEAD";
    for code in [0, 1, 3, 42, 126, 127, 128, 255] {
        let hook = format!("install \"$HOOKS/pre-commit\" '#!/bin/sh\\necho out; echo err >&2; exit {code}'");
        both.same(&format!("exit {code}"), &hook, action);
    }
    // A git that runs configured hooks has its hooks ignore SIGPIPE, which no program of ours can pass on.
    let signals = ["KILL", "TERM", "INT", "QUIT", "SEGV", "PIPE"];
    let count = signals.len() - usize::from(runs_configured(&both.with.run));
    for signal in &signals[..count] {
        let hook = format!("install \"$HOOKS/pre-commit\" '#!/bin/sh\\nkill -{signal} $$'");
        both.same(signal, &hook, action);
    }
    let scripts = [
        ("without an interpreter line", "echo \"$0\" \"$@\"; exit 4"),
        ("empty", ""),
        ("an interpreter that is not there", "#!/no/such\\n"),
        ("an interpreter with an option", "#!/bin/sh -e\\nfalse\\n"),
        ("DOS line ends", "#!/bin/sh\\r\\nexit 0\\r\\n"),
        ("a byte order mark", "\\357\\273\\277#!/bin/sh\\nexit 0\\n"),
        ("no program", "\\177ELFx"),
    ];
    for (name, script) in scripts {
        both.same(name, &format!("install \"$HOOKS/pre-commit\" '{script}'"), action);
        // The same where ours has nothing to say.
        let checkout = format!("install \"$HOOKS/post-checkout\" '{script}'");
        both.same(
            name,
            &checkout,
            "git checkout -q --detach; echo $?; git hook run post-checkout -- a b c; echo $?",
        );
    }
    for event in [
        "commit-msg",
        "prepare-commit-msg",
        "post-commit",
        "post-checkout",
        "pre-rebase",
        "post-merge",
        "post-rewrite",
    ] {
        let hook = format!("install \"$HOOKS/{event}\" '#!/bin/sh\\necho {event} >&2; exit 3'");
        let all = "good a; echo $?; git commit -q --amend -m '[CHECKPOINT] b'; echo $?; git checkout -q -b x; echo $?;
            git checkout -q -; echo $?; git merge -q --no-ff --no-edit main; echo $?; git rebase -q main; echo $?; git rev-parse HEAD";
        both.same(event, &hook, all);
    }
}

#[test]
fn files_that_are_odd_are_what_they_are_to_git() {
    let both = Both::new();
    let action = "good a; echo $?; git checkout -q --detach; echo $?; git rev-parse HEAD";
    let cases = [
        ("a symbolic link", "spy \"$MAIN/../elsewhere\"; ln -s ../../../elsewhere \"$HOOKS/pre-commit\""),
        ("a dangling link", "ln -s nowhere \"$HOOKS/pre-commit\"; ln -s nowhere \"$HOOKS/post-checkout\""),
        ("a link to itself", "ln -s pre-commit \"$HOOKS/pre-commit\""),
        ("a directory", "mkdir \"$HOOKS/pre-commit\""),
        ("a directory elsewhere", "mkdir \"$HOOKS/post-checkout\""),
        ("samples", "spy \"$HOOKS/pre-commit.sample\"; spy \"$HOOKS/post-checkout.sample\""),
        ("no directory of hooks", "rm -r \"$HOOKS\""),
        ("a file for a directory", "rm -r \"$HOOKS\"; echo >\"$HOOKS\""),
        ("hooks that read nothing", "install \"$HOOKS/post-checkout\" '#!/bin/sh\\nexit 0'"),
        (
            "silenced",
            "git config advice.ignoredHook false; echo >\"$HOOKS/pre-commit\"; echo >\"$HOOKS/post-checkout\"",
        ),
    ];
    for (name, prepare) in cases {
        both.same(name, prepare, action);
    }
    // The words are ours, what it means is git's.
    let hooks = "echo 'exit 1' >\"$HOOKS/pre-commit\"; echo 'exit 1' >\"$HOOKS/post-checkout\"";
    for stage in [&both.with, &both.without] {
        let seen = stage.play(hooks, action);
        let hints = seen.err.lines().filter(|line| line.contains("executable")).count();
        assert_eq!((hints, seen.out.starts_with("0\n0\n")), (2, true), "{seen:?}");
        assert_eq!(stage.play(hooks, "export GIT_ADVICE=0; good a").err, "");
    }
}

#[test]
fn hooks_are_found_where_git_finds_them() {
    let both = Both::new();
    let ran = |name: &str, prepare: &str, wanted: &str| {
        let seen = both.same(name, prepare, "good a; echo $?; git checkout -q --detach; echo $?");
        let run = seen.log.lines().find(|line| line.starts_with("== ")).unwrap_or("== nothing");
        assert_eq!(run, format!("== {wanted}"), "{name}: {}", seen.err);
    };
    // The second event is one for which ours is mostly idle, and looks for others in its own way.
    let at = |path: &str| {
        let events = ["pre-commit", "prepare-commit-msg", "post-checkout"];
        let here: String = events.map(|event| format!("spy {path}/{event}; ")).concat();
        format!("{here}spy \"$HOOKS/pre-commit\"; spy \"$HOOKS/prepare-commit-msg\"")
    };
    let set = |path: &str, value: &str| format!("{}; git config core.hooksPath {value}", at(path));
    ran("the usual place", &at("\"$HOOKS\""), "HOME/repo/.git/hooks/pre-commit");
    ran(
        "local, absolute",
        &set("\"$MAIN/../mine\"", "\"$(cd \"$MAIN/..\"; pwd)/mine\""),
        "HOME/mine/pre-commit",
    );
    let wt = "worktrees/task-2-models";
    ran("local, relative", &set(&format!("{wt}/hooked"), "hooked"), "hooked/pre-commit");
    ran("with a slash", &set(&format!("{wt}/hooked"), "hooked/"), "hooked//pre-commit");
    ran("with a dot", &set(&format!("{wt}/hooked"), "./hooked"), "hooked/pre-commit");
    ran("with dots", &set(&format!("{wt}/hooked"), ".//././hooked"), "././hooked/pre-commit");
    ran("up from the worktree", &set("mine", "../../mine"), "../../mine/pre-commit");
    ran("a directory that is not there", &set("mine", "nowhere"), "nothing");
    ran("no directory", &set("mine", "/dev/null"), "nothing");
    ran("empty", &set("mine", "\"\""), "nothing");
    ran("home", &set("\"$HOME/mine\"", "'~/mine'"), "HOME/mine/pre-commit");
    let user =
        format!("{}; git config core.hooksPath \"~$(id -un)/../$MAIN/../mine\"", at("\"$MAIN/../mine\""));
    both.same("home of a user", &user, "good a; echo $?");
    let global = format!("{}; git config --global core.hooksPath \"$MAIN/../mine\"", at("\"$MAIN/../mine\""));
    ran("global", &global, "HOME/repo/../mine/pre-commit");
    let both_set = format!("{global}; git config core.hooksPath \"$MAIN/here\"; spy here/pre-commit");
    ran("local before global", &both_set, "HOME/repo/here/pre-commit");
    let twice = format!(
        "{}; git config core.hooksPath /none; git config --add core.hooksPath \"$MAIN/here\"",
        at("here")
    );
    ran("the last of two", &twice, "HOME/repo/here/pre-commit");
    let include = |head: &str| {
        format!(
            "{}; git config -f inc core.hooksPath \"$MAIN/here\"; printf '[core]\\n\\thooksPath = /none\\n[{head}]\\n\\tpath = ../inc\\n' >>.git/config",
            at("here")
        )
    };
    let here = "HOME/repo/here/pre-commit";
    ran("an included file", &include("include"), here);
    ran("in capitals", &include("INCLUDE"), here);
    ran("a condition in capitals", &include("INCLUDEIF \"gitdir:repo/\""), here);
    ran("a condition that holds", &include("includeIf \"gitdir:**/worktrees/*\""), here);
    ran("a condition of the main worktree", &include("includeIf \"gitdir:repo/.git\""), "nothing");
    ran("a directory above", &include("includeIf \"gitdir:repo/\""), here);
    ran("a condition that does not", &include("includeIf \"gitdir:/elsewhere/\""), "nothing");
    // Only a commit: git reads the condition before a checkout changes the branch, we do so after.
    let seen = both.same("a branch", &include("includeIf \"onbranch:work/**\""), "good a");
    assert!(seen.log.starts_with(&format!("== {here}\n")), "{}", seen.log);
    ran("another branch", &include("includeIf \"onbranch:other\""), "nothing");
    let remote = format!(
        "git config remote.o.url https://example.com/x; {}",
        include("includeIf \"hasconfig:remote.*.url:https://example.com/**\"")
    );
    ran("a remote", &remote, here);
    let order = format!("{}; printf '[core]\\n\\thooksPath = /none\\n' >>.git/config", include("include"));
    ran("a setting after the included file", &order, "nothing");
    let system = format!("{}; git config -f sys core.hooksPath \"$MAIN/here\"", at("here"));
    let seen =
        both.same("system", &system, "export GIT_CONFIG_SYSTEM=\"$MAIN/sys\" GIT_CONFIG_NOSYSTEM=0; good a");
    assert!(seen.log.starts_with(&format!("== {here}\n")), "{}", seen.log);
}

#[test]
fn a_word_of_the_call_goes_before_every_file() {
    let both = Both::new();
    let prepare = "spy \"$MAIN/said/pre-commit\"; spy \"$HOOKS/pre-commit\"";
    let said = [
        "git -c core.hooksPath=\"$MAIN/said\" commit -qam '[CHECKPOINT] a'",
        "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=\"$MAIN/said\"; git commit -qam '[CHECKPOINT] a'",
        "W=$MAIN/said git --config-env=core.hooksPath=W commit -qam '[CHECKPOINT] a'",
    ];
    for action in said {
        let seen = both.same(action, prepare, &format!("echo a >>models/m.py; {action}"));
        assert!(seen.log.starts_with("== HOME/repo/said/pre-commit\n"), "{}", seen.log);
    }
}

#[test]
fn standard_input_is_read_as_far_as_a_hook_likes() {
    let both = Both::new();
    let action = "rm -rf \"$MAIN/../bare\"; git init -q --bare \"$MAIN/../bare\"; good a
        git for-each-ref --format='delete %(refname)' refs/many | git update-ref --stdin
        seq 1 5000 | sed \"s|.*|create refs/many/a-rather-long-name-for-a-reference/& $(git rev-parse HEAD)|\" | git update-ref --stdin
        git push -q \"$MAIN/../bare\" 'refs/many/*:refs/many/*'; echo $?";
    let hooks = [
        ("all", "wc -l >>\"$LOG\"", "5000\n"),
        ("a part", "head -n 1 | cut -c-20 >>\"$LOG\"", "refs/many/a-rather-l\n"),
        ("nothing", "exit 0", ""),
        ("nothing, and a refusal", "exit 1", ""),
        ("it is closed", "exec <&-; sleep .1", ""),
    ];
    for (name, script, log) in hooks {
        let hook = format!("install \"$HOOKS/pre-push\" '#!/bin/sh\\n{script}\\n'");
        assert_eq!(both.same(name, &hook, action).log, log, "{name}");
    }
}

#[test]
fn a_child_that_a_hook_leaves_behind_is_not_waited_for() {
    let both = Both::new();
    let hook = "install \"$HOOKS/pre-commit\" '#!/bin/sh\\n(sleep 5; echo late) &\\n'";
    let action = "good a 2>\"$LOG.err\" >&2; echo $?";
    for stage in [&both.with, &both.without] {
        let before = std::time::Instant::now();
        assert_eq!(stage.play(hook, action).out, "0\n");
        assert!(before.elapsed().as_secs() < 4, "the commit waited for the child");
    }
}

#[test]
fn a_hook_that_calls_git_is_called_by_git() {
    let both = Both::new();
    // Without a limit of its own such a hook would not end without us either.
    let again = r##"install "$HOOKS/post-commit" '#!/bin/sh\necho "$0 $(git log -1 --format=%%s)" >>"$LOG"\n[ "$(wc -l <"$LOG")" -ge 4 ] || git commit -q --amend --allow-empty -m "[CHECKPOINT] again"\n'"##;
    let seen = both.same("in the same repository", again, "good a; echo $?");
    assert_eq!(seen.log.lines().count(), 4, "{}", seen.log);
    let other = r##"install "$HOOKS/pre-commit" '#!/bin/sh\necho "$0" >>"$LOG"\nunset $(git rev-parse --local-env-vars)\ncd "$MAIN/../other" && git commit -q --allow-empty -m Other\n'"##;
    let action = "rm -rf \"$MAIN/../other\"; git init -q \"$MAIN/../other\"
        install \"$MAIN/../other/.git/hooks/pre-commit\" '#!/bin/sh\\necho other >>\"$LOG\"\\n'; good a; echo $?";
    let seen = both.same("in another repository", other, action);
    assert!(seen.log.ends_with("pre-commit\nother\n"), "{}", seen.log);
    let main = r##"install "$HOOKS/pre-commit" '#!/bin/sh\necho "$0 $(pwd)" >>"$LOG"\n[ "$(pwd)" = "$MAIN" ] && exit\nunset $(git rev-parse --local-env-vars)\ncd "$MAIN" && git commit -q --allow-empty -m Main\n'"##;
    let seen =
        both.same("in the main worktree", main, "good a; echo $?; git -C \"$MAIN\" reset -q --hard HEAD~");
    assert_eq!(seen.log.lines().count(), 2, "{}", seen.log);
}

#[test]
fn our_own_directory_in_another_scope_is_not_the_users() {
    let run = Armed::new();
    let hooks = run.sandbox.root.join(".git/orchestrate/hooks").display().to_string();
    run.sandbox.git(&["config", "core.hooksPath", &hooks]).ok();
    let log = run.sandbox.root.join("log");
    let script = format!("#!/bin/sh\necho x >>'{}'\n", log.display());
    run.sandbox.install(".git/hooks/pre-commit", script);
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    run.sandbox.git(&["commit", "-q", "--allow-empty", "-m", "In the main worktree"]).ok();
    assert_eq!(std::fs::read_to_string(log).expect("a log"), "x\nx\n", "the user's hook ran in both");
}

#[test]
fn names_that_appear_later_run_once_they_are_taken_in() {
    let run = Armed::new();
    let installed = || run.sandbox.root.join(".git/orchestrate/hooks/post-checkout").exists();
    for expensive in ["reference-transaction", "post-index-change", "post-checkout", "pre-rebase"] {
        let path = run.sandbox.root.join(".git/orchestrate/hooks").join(expensive);
        assert!(!path.exists(), "nothing runs {expensive}, so neither does ours");
    }
    run.sandbox.install(".git/hooks/post-checkout", "#!/bin/sh\ntouch ran\n");
    run.arm();
    assert!(installed());
    run.git(MODELS, &["checkout", "-q", "--detach"]).ok();
    assert!(run.path(MODELS).join("ran").exists());
}
