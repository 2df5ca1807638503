//! The hooks of a commit: each against git's own list of what is staged, and the whole commit against
//! one without hooks, and with those of other tools.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Options;
use crate::bed::{Bed, Stream, path, said, succeeds};
use crate::measure::{self, Make, Measure};
use crate::peers::{self, Peer};
use crate::programs::{self, ORCHESTRATE};
use crate::table::{Row, Section};

/// How many files each step changes.
const CHANGES: usize = 10;

const TASK: &str = "task-1-inside";
const BRANCH: &str = "work/task-1-inside";
const NOTES: &str = "refs/notes/orchestrate/bench/task-1-inside";

/// The hooks of one `git commit`.
pub const HOOKS: [&str; 4] = ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"];

pub const MESSAGE: &str = "[CHECKPOINT] One step\n\nFiles changed:\n- see the diff\n";

/// The most megabytes that a hook may have in memory.
const MEMORY: f64 = 15.0;

/// How large a repository is to be.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Files of HEAD.
    pub files: usize,
    /// Tasks of the plan, and as many packed branches.
    pub tasks: usize,
}

/// A repository with a started run, and one worker's worktree with some commits.
pub struct Desk {
    bed: Bed,
    worktree: PathBuf,
    git_dir: PathBuf,
    size: Size,
    /// How many commits the worker has made.
    own: usize,
    /// What the branch is put back to after a commit.
    tip: String,
}

/// Measures few and many tasks, few and many files, few and many commits.
pub fn run(options: &Options, tell: &mut dyn FnMut(Section)) {
    for tasks in [2, 500, 2_000] {
        tell(Desk::build(Size { files: 200, tasks }).section(0, options.measure));
    }
    for files in [200, options.files] {
        let mut desk = Desk::build(Size { files, tasks: 2 });
        for own in [50, 500] {
            tell(desk.section(own, options.measure));
        }
    }
}

impl Desk {
    /// Builds a repository and starts a run in it.
    pub fn build(size: Size) -> Desk {
        let mut files = Stream::files(size.files);
        for (path, content) in peers::CONFIGURATION {
            files.put(path, content);
        }
        let bed = Bed::build(&files);
        let mut others = Stream::default();
        (2..=size.tasks).for_each(|task| others.branch(&format!("other/{task}"), "refs/heads/main^0"));
        bed.import(&others);
        bed.git(&["pack-refs", "--all"]);
        bed.start(&plan(size.tasks), &[TASK]);
        let worktree = bed.root.join("worktrees").join(TASK);
        let git_dir = bed.root.join(".git/worktrees").join(TASK);
        let tip = bed.git(&["rev-parse", "HEAD"]);
        Desk { bed, worktree, git_dir, size, own: 0, tip }
    }

    /// Lets the worker have made so many commits, each with its record.
    pub fn advance(&mut self, own: usize) {
        if self.own == own {
            return;
        }
        let mut stream = Stream::default();
        for n in self.own..own {
            let from = (n == self.own).then(|| format!("refs/heads/{BRANCH}^0"));
            stream.commit(
                BRANCH,
                from.as_deref(),
                1_700_000_100 + n as u64,
                &format!("[CHECKPOINT] Step {n}\n"),
            );
            stream.put(&path(n % 300), &format!("own {n}\n"));
        }
        self.bed.import(&stream);
        self.own = own;
        self.git(&["reset", "--hard", "--quiet"]);
        let ours = programs::path(ORCHESTRATE);
        said(&mut self.bed.command(ours, &self.worktree, &["reindex"]));
        self.tip = self.git(&["rev-parse", "HEAD"]);
    }

    fn section(&mut self, own: usize, measure: Measure) -> Section {
        self.advance(own);
        let Size { files, tasks } = self.size;
        let title = format!("Hooks: {files} files, {tasks} tasks, {own} own commits");
        let rows = self.answers().map(|()| self.rows(measure));
        let memory = HOOKS.map(|event| {
            self.stage(0);
            measure::memory(&self.hook(event, MESSAGE))
        });
        let most = memory.into_iter().flatten().fold(0.0, f64::max);
        let verdict = if most <= MEMORY { "kept" } else { "MISSED" };
        let notes = (most > 0.0)
            .then(|| format!("Memory: at most {most:.1} MB in any hook, budget {MEMORY} {verdict}."));
        Section { title, rows, notes: notes.into_iter().collect() }
    }

    /// Whether our hooks say and do what they should: that they do nothing would be fast, too.
    fn answers(&self) -> Result<(), String> {
        self.stage(0);
        let seen = self.git(&["diff", "--cached", "--name-only"]).lines().count();
        let allowed = succeeds(self.hook("pre-commit", MESSAGE));
        std::fs::write(self.worktree.join("outside"), "x\n").expect("a written file");
        self.git(&["add", "outside"]);
        let refused = !succeeds(self.hook("pre-commit", MESSAGE));
        self.git(&["rm", "--quiet", "--force", "outside"]);
        let refused = refused && !succeeds(self.hook("commit-msg", "No status\n"));
        let committed = succeeds(self.commit(None));
        let note = self.command(&["notes", "--ref", NOTES, "show"]).output().expect("git runs");
        let recorded = String::from_utf8_lossy(&note.stdout).contains("Recorded-by: post-commit");
        if seen == CHANGES && allowed && refused && committed && recorded {
            return Ok(());
        }
        Err(format!(
            "git sees {seen} changes; allowed {allowed}, refused {refused}, committed {committed}, recorded {recorded}"
        ))
    }

    fn rows(&self, measure: Measure) -> Vec<Row> {
        let mut rows: Vec<Row> = HOOKS.iter().map(|event| self.hook_row(event, measure)).collect();
        let is_large = self.size.files > 200;
        let peers: Vec<Peer> = match self.own {
            50 => peers::of(&self.bed),
            _ => Vec::new(),
        };
        let bare = self.empty("bare", &[]);
        let shell = self.empty("shell", &["pre-commit", "commit-msg", "post-commit"]);
        let mut others = vec![
            ("without hooks".to_owned(), bare, Some(if is_large { 1.18 } else { 2.5 })),
            ("with three empty shell hooks".to_owned(), shell, None),
        ];
        others.extend(peers.into_iter().map(|peer| (format!("with {}", peer.name), peer.hooks, None)));
        let commits: Vec<Box<dyn Fn() -> Command>> = std::iter::once(None)
            .chain(others.iter().map(|(_, hooks, _)| Some(hooks.clone())))
            .map(|hooks| Box::new(move || self.commit(hooks.as_deref())) as Box<dyn Fn() -> Command + '_>)
            .collect();
        let makes: Vec<Make<'_>> = commits.iter().map(|commit| &**commit as Make<'_>).collect();
        let costs = measure.take_turns(&makes, |round| self.stage(round));
        for ((name, _, budget), theirs) in others.into_iter().zip(&costs[1..]) {
            let (what, against) = ("git commit with our hooks".to_owned(), format!("git commit {name}"));
            rows.push(Row { what, against, ours: costs[0].clone(), theirs: theirs.clone(), budget });
        }
        rows
    }

    fn hook_row(&self, event: &str, measure: Measure) -> Row {
        let hook = || self.hook(event, MESSAGE);
        let diff = || self.diff();
        let costs = measure.take_turns(&[&hook, &diff], |round| self.prepare(event, round));
        let budget = (event == "pre-commit" && self.size.files > 200).then_some(0.35);
        let against = "git diff --cached --name-only".to_owned();
        let [ours, theirs] = [costs[0].clone(), costs[1].clone()];
        Row { what: event.to_owned(), against, ours, theirs, budget }
    }

    /// Makes all as it is when git runs a hook.
    pub fn prepare(&self, event: &str, step: usize) {
        self.stage(step);
        if event == "post-commit" {
            assert!(succeeds(self.commit(Some(&self.empty("bare", &[])))), "git commits");
            self.git(&["notes", "--ref", NOTES, "remove", "--ignore-missing", "HEAD"]);
        }
    }

    /// Changes and stages ten files of the task's scope, in another way each `step`, on the worker's
    /// newest commit, and lets the index remember its trees, as `git commit` does before any hook.
    pub fn stage(&self, step: usize) {
        self.git(&["update-ref", &format!("refs/heads/{BRANCH}"), self.tip.trim()]);
        let paths: Vec<String> = (0..CHANGES).map(path).collect();
        for path in &paths {
            std::fs::write(self.worktree.join(path), format!("step {step}\n")).expect("a written file");
        }
        said(self.command(&["add", "--"]).args(&paths));
        self.git(&["write-tree"]);
    }

    /// One of our hooks, in the environment that git gives it.
    pub fn hook(&self, event: &str, message: &str) -> Command {
        let program = self.bed.root.join(".git/orchestrate/hooks").join(event);
        let mut hook = self.bed.command(program, &self.worktree, &[]);
        hook.env("GIT_DIR", &self.git_dir).env("GIT_INDEX_FILE", self.git_dir.join("index"));
        hook.env("GIT_EDITOR", ":").env("GIT_PREFIX", "").env("GIT_AUTHOR_DATE", "@1700000000 +0000");
        let file = self.git_dir.join("COMMIT_EDITMSG");
        std::fs::write(&file, message).expect("a written file");
        if event.ends_with("-msg") {
            hook.arg(file);
        }
        hook
    }

    /// git's own list of what is staged.
    pub fn diff(&self) -> Command {
        self.command(&["diff", "--cached", "--name-only"])
    }

    /// `git commit` of what is staged, with the hooks of a directory, or with ours.
    fn commit(&self, hooks: Option<&Path>) -> Command {
        let path = hooks.map(|path| format!("core.hooksPath={}", path.display()));
        let mut args: Vec<&str> = path.iter().flat_map(|path| ["-c", path.as_str()]).collect();
        args.extend(["commit", "--quiet", "--message", MESSAGE]);
        self.command(&args)
    }

    /// A directory of hooks that do nothing.
    fn empty(&self, name: &str, events: &[&str]) -> PathBuf {
        let directory = self.bed.beside(name);
        std::fs::create_dir_all(&directory).expect("a directory");
        for event in events {
            peers::write_hook(&self.bed, &directory.join(event), "#!/bin/sh\nexit 0\n");
        }
        directory
    }

    fn command(&self, args: &[&str]) -> Command {
        self.bed.command("git", &self.worktree, args)
    }

    fn git(&self, args: &[&str]) -> String {
        said(&mut self.command(args))
    }
}

fn plan(tasks: usize) -> String {
    let mut plan = String::from("run = \"bench\"\nbase = \"main\"\n");
    let mut task = |number, name, scope| {
        plan += &format!("\n[[task]]\nname = \"task-{number}-{name}\"\nscope = [\"{scope}\"]\n");
    };
    task(1, "inside", "d0/".to_owned());
    (2..=tasks).for_each(|number| task(number, "outside", format!("elsewhere/{number}/")));
    plan
}
