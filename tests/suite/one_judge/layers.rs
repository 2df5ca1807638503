//! Asks every layer about the same change, each by its own real way in, and writes down what it says.
//!
//! A hook is asked alone: git runs with a hooks directory that holds the hook program under this
//! hook's name only. Before each question the repository is put back to where it was.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use orchestrate::git::hooks::EVENTS;
use orchestrate::render::escape;
use serde_json::Value;

use crate::armed::Armed;
use crate::sandbox::{Said, install};

/// What a change is, in shell; runs in the worktree of a task.
#[derive(Debug, Clone)]
pub struct Change {
    /// For people.
    pub name: String,
    /// In whose worktree.
    pub task: String,
    /// What was there before.
    pub before: String,
    /// What is done, up to the command that makes the commit.
    pub change: String,
    /// The arguments of the git command that makes the commit.
    pub commit: Vec<String>,
    /// What can be asked about its paths before it is made.
    pub beforehand: Beforehand,
    /// The rules that it breaks, sorted, with a space between; `None` where nobody has thought of it.
    pub breaks: Option<String>,
}

/// What `git worker check` can say of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beforehand {
    /// What the commit is found to break by its names and places.
    Same,
    /// Maybe more: it cannot know that a path is going to be put back.
    More,
    /// Nothing: a merge is not written path by path.
    Nothing,
}

/// Findings that refuse, as `rule words`.
pub type Findings = BTreeSet<String>;

/// What one layer found, and what it would have to find.
pub struct Answer {
    /// Such as `pre-commit`.
    pub layer: String,
    /// What it said.
    pub found: Findings,
    /// What the judgement of the commit says, as far as it is this layer's to say, in its spelling.
    pub expected: Findings,
}

/// A run, and where it begins for each change.
pub struct Bench {
    /// The run.
    pub run: Armed,
    refs: BTreeMap<String, String>,
}

impl Bench {
    /// The run of a plan, with a hooks directory for each event.
    pub fn new(plan: &str) -> Bench {
        let run = Armed::with_plan(plan);
        for event in EVENTS {
            let alone = run.sandbox.root.join(".git/only").join(event);
            let program = run.sandbox.root.join(".git/orchestrate/hooks").join(event);
            install(&alone.join(event), std::fs::read(program).expect("the hook program"));
        }
        run.sandbox.git(&["init", "-q", "--bare", "-b", "main", "../origin.git"]).ok();
        run.sandbox.git(&["push", "-q", "../origin.git", "main", "refs/orchestrate/demo/plan"]).ok();
        run.sandbox.git_in("../origin.git", &["orchestrate", "server"]).ok();
        let mut bench = Bench { run, refs: BTreeMap::new() };
        bench.refs = bench.all_refs();
        bench
    }

    /// Asks all layers that can see the change.
    pub fn ask(&self, change: &Change) -> Vec<Answer> {
        let merges = change.commit.first().is_some_and(|command| command == "merge");
        let checked = self.check(change);
        let before = if merges { vec!["pre-merge-commit"] } else { vec!["pre-commit", "commit-msg"] };
        let mut early = Findings::new();
        for event in before {
            early.extend(self.refusals(change, event, &[]));
        }
        // What is left in the worktree is no part of the commit, and only its own hooks see it.
        let untidy = early.iter().any(|one| one.starts_with("state/dirty "));
        early.retain(|one| !one.starts_with("state/dirty "));
        let unverified = self.refusals(change, "prepare-commit-msg", &["--no-verify"]);
        let (recorded, told) = self.landed(change, if merges { "post-merge" } else { "post-commit" });
        let verified = self.verify(change);
        let everywhere = |rule: &str| !is_of_message(rule);
        let mut answers = vec![
            Answer::new("the hooks before a commit", early, &verified, terminal, |_| true),
            Answer::new("prepare-commit-msg", unverified, &verified, terminal, everywhere),
            Answer::new("the record", recorded, &verified, one_line, |_| true),
            Answer::new("the hook after a commit", told, &verified, terminal, |_| true),
            Answer::new("status", self.status(change), &verified, str::to_owned, |_| true),
            Answer::new("pre-push", self.pushed(change), &verified, terminal, |_| true),
        ];
        // The server has the plan and the base, so what builds on more would be another push.
        if change.before.is_empty() && !merges && !change.change.contains("merge") {
            answers.push(Answer::new("pre-receive", self.received(change), &verified, terminal, |_| true));
        }
        let known = |rule: &str| matches!(rule, "scope/outside" | "scope/protected" | "scope/create");
        let mut check = Answer::new("git worker check", checked, &verified, str::to_owned, known);
        match change.beforehand {
            Beforehand::Same => answers.push(check),
            Beforehand::More => {
                check.found.retain(|one| check.expected.contains(one));
                answers.push(check);
            }
            Beforehand::Nothing => {}
        }
        answers.extend(change.breaks.as_ref().map(|rules| Answer {
            layer: "verify".into(),
            found: [rules_of(&verified)].into(),
            expected: [rules.clone()].into(),
        }));
        if !untidy {
            answers.push(self.all_hooks(change, &verified));
        }
        answers.push(self.integrate(change));
        self.reset(change);
        answers
    }

    /// `git worker check` on every path, before anything is done.
    fn check(&self, change: &Change) -> Findings {
        if change.beforehand == Beforehand::Nothing {
            return Findings::new();
        }
        self.prepare(change);
        let names = ["diff", "--cached", "--name-only", "--no-renames", "-z", "--ignore-submodules=none"];
        let paths = self.run.git(&change.task, &names).ok().out;
        self.reset(change);
        self.shell(change, &change.before).ok();
        let mut command = self.run.sandbox.command("git", &self.run.path(&change.task));
        command.args(["worker", "check", "-z", "--format", "json"]);
        let answer = Said::of(command, paths.as_bytes());
        let answer: Value = serde_json::from_str(&answer.out).expect("JSON");
        let of_path = |path: &Value| findings(&path["findings"]);
        list(&answer["paths"]).iter().flat_map(of_path).filter(|one| !one.starts_with("path/")).collect()
    }

    /// What one hook says when it is the only one; empty where it lets the commit pass.
    fn refusals(&self, change: &Change, event: &str, more: &[&str]) -> Findings {
        self.prepare(change);
        let said = self.commit(change, event, more);
        let refused = listed(&said.err, "refused: ");
        assert_eq!(said.code != 0, !refused.is_empty(), "{}: {event} says why: {}", change.name, said.err);
        refused
    }

    /// Commits past all hooks but one that runs afterwards: its record, and what it told.
    fn landed(&self, change: &Change, event: &str) -> (Findings, Findings) {
        self.prepare(change);
        let said = self.commit(change, event, &[]).ok();
        let note = self.run.note(&change.task, "HEAD");
        let finding = |line: &str| line.strip_prefix("Finding: error ").map(str::to_owned);
        (note.lines().filter_map(finding).collect(), listed(&said.err, "warning: this commit of "))
    }

    /// What verification finds in the newest commit.
    fn verify(&self, change: &Change) -> Findings {
        let said = self.run.sandbox.git(&["orchestrate", "verify", "--format", "json", &change.task]);
        self.of_newest(change, &said)
    }

    fn status(&self, change: &Change) -> Findings {
        self.of_newest(change, &self.run.sandbox.git(&["orchestrate", "status", "--format", "json"]).ok())
    }

    /// What `pre-push` says of the newest commit when the branch is published.
    fn pushed(&self, change: &Change) -> Findings {
        let hooks = format!("core.hooksPath={}", self.run.sandbox.root.join(".git/only/pre-push").display());
        let said = self.push(change, &["-c", &hooks, "push", "-q", "--dry-run"]);
        self.of_push(change, said.err.lines())
    }

    /// What `pre-receive` says on the client's screen when nothing was said before.
    fn received(&self, change: &Change) -> Findings {
        let said = self.push(change, &["-c", "core.hooksPath=/dev/null", "push", "-q"]);
        let branch = self.run.git(&change.task, &["symbolic-ref", "HEAD"]).ok().out;
        self.run.sandbox.git_in("../origin.git", &["update-ref", "-d", branch.trim()]).ok();
        let found = self.of_push(change, said.err.lines().filter_map(|line| line.strip_prefix("remote: ")));
        assert_eq!(said.code != 0, !found.is_empty(), "{}: the server says why: {}", change.name, said.err);
        found
    }

    fn push(&self, change: &Change, command: &[&str]) -> Said {
        let remote = self.run.sandbox.root.with_file_name("origin.git").display().to_string();
        self.run.git(&change.task, &[command, &[&remote, "HEAD"]].concat())
    }

    /// The findings in the newest commit, of lines such as `    rule  id  words`.
    fn of_push<'a>(&self, change: &Change, lines: impl Iterator<Item = &'a str>) -> Findings {
        let head = self.run.git(&change.task, &["rev-parse", "--short=10", "HEAD"]).ok().out;
        let finding = |line: &str| {
            let mut words = line.strip_prefix("    ")?.splitn(3, "  ");
            let (rule, id, words) = (words.next()?, words.next()?, words.next()?);
            (id == head.trim()).then(|| format!("{rule} {}", words.trim_end()))
        };
        lines.filter_map(finding).collect()
    }

    /// The errors of the newest commit in an answer that lists tasks with their findings.
    fn of_newest(&self, change: &Change, said: &Said) -> Findings {
        let head = self.run.git(&change.task, &["rev-parse", "HEAD"]).ok().out;
        let answer: Value =
            serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("no JSON: {}", said.err));
        assert_eq!(answer["unknown"], Value::Array(Vec::new()), "{}: all can be read", change.name);
        let task = list(&answer["tasks"]).iter().find(|task| task["name"] == change.task.as_str());
        let all = list(&task.expect("the task is listed")["findings"]).iter();
        let newest = all.filter(|one| one["commit"] == head.trim()).cloned();
        findings(&Value::Array(newest.collect()))
    }

    /// With all hooks in place the commit is made exactly where nothing is wrong.
    fn all_hooks(&self, change: &Change, verified: &Findings) -> Answer {
        self.prepare(change);
        let args: Vec<&str> = change.commit.iter().map(String::as_str).collect();
        let said = self.run.git(&change.task, &args);
        let word = |is_made: bool| Findings::from([if is_made { "made" } else { "refused" }.to_owned()]);
        let (found, expected) = (word(said.code == 0), word(verified.is_empty()));
        Answer { layer: format!("git {} ({})", args[0], said.err.trim()), found, expected }
    }

    /// What keeps the task, once it says that it is complete, from being merged: the words that
    /// verification has for it then.
    fn integrate(&self, change: &Change) -> Answer {
        self.prepare(change);
        self.commit(change, "none", &[]).ok();
        self.shell(change, "sneak commit -q --allow-empty -m '[COMPLETE] All of it'").ok();
        let verify = ["orchestrate", "verify", "--format", "json", &change.task];
        let answer: Value = serde_json::from_str(&self.run.sandbox.git(&verify).out).expect("JSON");
        let all = list(&answer["tasks"][0]["findings"]).iter().filter(|one| one["severity"] == "error");
        let words = |one: &Value| {
            let commit = one["commit"].as_str().map(|id| format!("{}: ", &id[..7])).unwrap_or_default();
            commit + &escape::terminal(text(&one["message"]))
        };
        let said = self.run.sandbox.git(&["orchestrate", "integrate", "--dry-run"]);
        let mut own = said.err.lines().skip_while(|line| !line.starts_with(&format!("  {}", change.task)));
        let reason = own.next().unwrap_or_default();
        let shown = own.map_while(|line| line.strip_prefix("    ")).map(str::to_owned);
        // A COMPLETE without its evidence completes nothing, which comes before all else.
        if reason.contains("is not complete") && all.clone().any(|one| one["rule"] == "state/evidence") {
            return Answer { layer: "integrate".into(), found: shown.collect(), expected: Findings::new() };
        }
        Answer { layer: "integrate".into(), found: shown.collect(), expected: all.map(words).collect() }
    }

    /// Puts everything back and does all but the commit.
    fn prepare(&self, change: &Change) {
        self.reset(change);
        self.shell(change, &change.before).ok();
        self.shell(change, &change.change).ok();
    }

    /// Makes the commit with one hook, or none.
    fn commit(&self, change: &Change, event: &str, more: &[&str]) -> Said {
        let hooks =
            format!("core.hooksPath={}", self.run.sandbox.root.join(".git/only").join(event).display());
        let args: Vec<&str> = change.commit.iter().map(String::as_str).collect();
        let args = [&["-c", &hooks, args[0]], more, &args[1..]].concat();
        self.run.git(&change.task, &args)
    }

    /// A script in the worktree of the change; `sneak` is git without any hook, `$WT` has the other
    /// worktrees.
    fn shell(&self, change: &Change, script: &str) -> Said {
        const SNEAK: &str = "sneak() { git -c core.hooksPath=/dev/null \"$@\"; }\n";
        let worktree: PathBuf = self.run.path(&change.task);
        let mut command = self.run.sandbox.command("sh", &worktree);
        command.env("WT", worktree.parent().expect("worktrees lie side by side"));
        command.args(["-ec", &format!("{SNEAK}{script}")]);
        Said::of(command, b"")
    }

    /// Refs, index and files as they were at the start.
    fn reset(&self, change: &Change) {
        let now = self.all_refs();
        let gone =
            now.keys().filter(|name| !self.refs.contains_key(*name)).map(|name| format!("delete {name}\n"));
        let moved = self.refs.iter().filter(|(name, id)| now.get(*name) != Some(id));
        let edits: String = gone.chain(moved.map(|(name, id)| format!("update {name} {id}\n"))).collect();
        let mut command = self.run.sandbox.command("git", &self.run.sandbox.root);
        command.args(["update-ref", "--stdin"]);
        Said::of(command, edits.as_bytes()).ok();
        let others = change.before.contains("$WT");
        let tasks = self.run.plan.tasks.iter().map(|task| task.name.to_string());
        for task in tasks.filter(|task| others || *task == change.task) {
            self.run.git(&task, &["reset", "-q", "--hard"]).ok();
            self.run.git(&task, &["clean", "-qffdx"]).ok();
        }
    }

    fn all_refs(&self) -> BTreeMap<String, String> {
        let said = self.run.sandbox.git(&["for-each-ref", "--format=%(refname) %(objectname)"]).ok();
        let pairs = said.out.lines().filter_map(|line| line.split_once(' '));
        pairs.map(|(name, id)| (name.to_owned(), id.to_owned())).collect()
    }
}

impl Answer {
    /// Of `verified` a layer must say what passes `is_known`, spelled as it spells it.
    fn new(
        layer: &str,
        found: Findings,
        verified: &Findings,
        spell: impl Fn(&str) -> String,
        is_known: impl Fn(&str) -> bool,
    ) -> Answer {
        let known = verified.iter().filter(|one| is_known(one.split(' ').next().unwrap_or_default()));
        Answer { layer: layer.to_owned(), found, expected: known.map(|one| spell(one)).collect() }
    }
}

/// The rules of findings, each once.
fn rules_of(findings: &Findings) -> String {
    let rules: BTreeSet<&str> = findings.iter().filter_map(|one| one.split(' ').next()).collect();
    rules.into_iter().collect::<Vec<_>>().join(" ")
}

/// Rules that nobody can judge before there is a message.
fn is_of_message(rule: &str) -> bool {
    rule.starts_with("message/") || matches!(rule, "state/after-complete" | "state/evidence")
}

/// The findings below the line of a hook's text that begins with `heading`.
fn listed(text: &str, heading: &str) -> Findings {
    let below = text.lines().skip_while(|line| !line.starts_with(heading)).skip(1);
    let lines = below.map_while(|line| line.strip_prefix("  "));
    let joined = |line: &str| {
        let (rule, words) = line.split_once(' ').expect("a rule and its words");
        format!("{rule} {}", words.trim_start())
    };
    lines.map(joined).collect()
}

/// The errors of a JSON list of findings.
fn findings(value: &Value) -> Findings {
    let errors = list(value).iter().filter(|one| one["severity"] == "error");
    errors.map(|one| format!("{} {}", text(&one["rule"]), text(&one["message"]))).collect()
}

/// As a record keeps words: on one line.
fn one_line(words: &str) -> String {
    words
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// As a terminal shows words.
fn terminal(words: &str) -> String {
    escape::terminal(words)
}
