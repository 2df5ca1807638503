//! Load: many workers commit, merge and push at once, while others read and git packs and collects.
//!
//! The suite runs a short form. The full one takes a minute of work and as much for looking after it:
//! `LOAD_WORKERS=50 LOAD_SECONDS=60 cargo test --test suite load:: -- --nocapture`. Its last line says
//! what was done; anything lost, refused or left locked is a failure.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::armed::Armed;
use crate::sandbox::{Said, Sandbox};
use crate::sound;

/// A run of `workers` tasks, each of which needs something of the one before it.
fn plan(workers: usize) -> String {
    let head = "run = \"crowd\"\nbase = \"main\"\n[protocol]\nbody = \"off\"\n".to_owned();
    let task = |number: usize| {
        let needs =
            if number > 1 { format!("needs = [\"task-{}/part\"]\n", number - 1) } else { String::new() };
        let scope = format!("scope = [\"part-{number}/\"]\nprovides = [\"part\"]\n");
        format!("[[task]]\nname = \"task-{number}\"\n{scope}{needs}")
    };
    (1..=workers).fold(head, |plan, number| plan + &task(number))
}

/// What was done, by everyone together.
#[derive(Debug, Default)]
struct Done {
    commits: AtomicUsize,
    merges: AtomicUsize,
    pushes: AtomicUsize,
    reads: AtomicUsize,
    packs: AtomicUsize,
    /// git could not lock a ref that another git held; the same call was made again.
    contended: AtomicUsize,
}

fn count(counter: &AtomicUsize) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// A crowd at work until its time is over.
struct Crowd {
    run: Armed,
    workers: usize,
    until: Instant,
    done: Done,
    /// What commits said that were made: no word is expected.
    said: Mutex<Vec<String>>,
}

impl Crowd {
    fn is_open(&self) -> bool {
        Instant::now() < self.until
    }

    /// Commits, and now and then merges what it needs and pushes.
    fn work(&self, worker: usize) -> usize {
        let task = format!("task-{worker}");
        let mut made = 0;
        for number in 1.. {
            if !self.is_open() {
                break;
            }
            let path = format!("part-{worker}/{number}.txt");
            self.run.write(&task, &path, format!("{number}\n"));
            self.must(&task, &["add", "--", &path]);
            let said =
                self.must(&task, &["commit", "--quiet", "-m", &format!("[CHECKPOINT] Number {number}")]);
            self.hear(&task, said);
            count(&self.done.commits);
            made += 1;
            if worker > 1 && number % 5 == 0 {
                made += self.merge(&task, worker - 1);
            }
            if number % 4 == 0 {
                self.must(&task, &["worker", "push"]);
                count(&self.done.pushes);
            }
        }
        self.must(&task, &["worker", "push"]);
        made
    }

    /// Merges the branch of the task before; how many commits that made.
    fn merge(&self, task: &str, needed: usize) -> usize {
        let tip = || self.run.git(task, &["rev-parse", "HEAD"]).ok().out;
        let before = tip();
        let message = format!("Merge task-{needed}");
        let said =
            self.must(task, &["merge", "--quiet", "--no-ff", "-m", &message, &format!("work/task-{needed}")]);
        self.hear(task, said);
        let merged = usize::from(tip() != before);
        self.done.merges.fetch_add(merged, Ordering::Relaxed);
        merged
    }

    fn hear(&self, task: &str, said: Said) {
        if !said.err.is_empty() {
            self.said.lock().expect("nobody panics here").push(format!("{task}: {}", said.err));
        }
    }

    /// git in a worktree, again where another git held a lock at that moment.
    fn must(&self, task: &str, args: &[&str]) -> Said {
        for _ in 0..20 {
            let said = self.run.git(task, args);
            // The last is git's own `add`, while a collection takes away the directory it writes to.
            let contention = ["cannot lock ref", ".lock'", "unable to create temporary file"];
            let is_contended = said.code != 0 && contention.iter().any(|words| said.err.contains(words));
            if !is_contended {
                return said.ok();
            }
            count(&self.done.contended);
            std::thread::sleep(Duration::from_millis(50));
        }
        self.run.git(task, args).ok()
    }

    /// Looks at everything, as people and programs do.
    fn read(&self) {
        let looks: [&[&str]; 4] = [
            &["orchestrate", "status"],
            &["orchestrate", "verify"],
            &["orchestrate", "status", "--format", "json"],
            &["orchestrate", "integrate", "--dry-run", "--only-complete"],
        ];
        for look in looks.iter().cycle() {
            if !self.is_open() {
                break;
            }
            let said = self.run.sandbox.git(look);
            // Nothing is complete yet, which a forecast answers with no.
            let is_forecast = look.contains(&"integrate");
            assert!(said.code == 0 || (is_forecast && said.code == 1), "{look:?}: {}{}", said.out, said.err);
            count(&self.done.reads);
        }
    }

    /// Packs and collects; one that meets another fails, which is no harm.
    fn tidy(&self) {
        for round in 0.. {
            if !self.is_open() {
                break;
            }
            let args: &[&str] = if round % 4 == 3 { &["gc", "--quiet"] } else { &["pack-refs", "--all"] };
            if self.run.sandbox.git(args).code == 0 {
                count(&self.done.packs);
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Everyone at once; how many commits each worker's branch must have.
    fn all_at_once(&self) -> Vec<usize> {
        std::thread::scope(|scope| {
            let working: Vec<_> =
                (1..=self.workers).map(|worker| scope.spawn(move || self.work(worker))).collect();
            let others =
                [scope.spawn(|| self.read()), scope.spawn(|| self.read()), scope.spawn(|| self.tidy())];
            let made =
                working.into_iter().map(|worker| worker.join().expect("no worker was refused")).collect();
            others.into_iter().for_each(|other| other.join().expect("no reader failed"));
            made
        })
    }

    /// Every commit and every record is there, here and at the remote; how many records.
    fn look_after(&self, made: &[usize]) -> usize {
        let mut records = 0;
        for (worker, made) in (1..).zip(made) {
            let task = format!("task-{worker}");
            let own = self.run.git(&task, &["rev-list", "--first-parent", "main..HEAD"]).ok().out;
            assert_eq!(own.lines().count(), *made, "every commit of {task} is there");
            let notes = format!("--ref=orchestrate/crowd/{task}");
            let listed = self.run.git(&task, &["notes", &notes, "list"]).ok().out;
            let recorded = |id: &&str| listed.lines().any(|line| line.ends_with(*id));
            let said = || self.said.lock().expect("nobody panics here").join("");
            let count = own.lines().filter(recorded).count();
            assert_eq!(count, *made, "every commit of {task} has its record; commits said: {}", said());
            records += made;
            let remote =
                self.run.sandbox.git_in("../remote.git", &["rev-parse", &format!("work/{task}")]).ok().out;
            assert_eq!(remote, self.run.git(&task, &["rev-parse", "HEAD"]).ok().out, "{task} is pushed");
        }
        sound::check(&self.run.sandbox);
        self.run.sandbox.git_in("../remote.git", &["fsck", "--strict", "--no-dangling"]).ok();
        self.run.sandbox.git(&["orchestrate", "verify"]).ok();
        records
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the full form is run for its numbers")]
fn nothing_is_lost_refused_or_left_locked() {
    let parameter = |name, or| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(or);
    let workers = parameter("LOAD_WORKERS", 12);
    let seconds = parameter("LOAD_SECONDS", 8);
    let sandbox = Sandbox::repository();
    sandbox.git(&["init", "--quiet", "--bare", "../remote.git"]).ok();
    let remote = sandbox.root.with_file_name("remote.git");
    sandbox.git(&["remote", "add", "origin", remote.to_str().expect("UTF-8")]).ok();
    let run = Armed::on(sandbox, &plan(workers));
    let until = Instant::now() + Duration::from_secs(seconds as u64);
    let crowd = Crowd { run, workers, until, done: Done::default(), said: Mutex::default() };
    let made = crowd.all_at_once();
    let records = crowd.look_after(&made);
    println!("{workers} workers, {seconds} s: {records} records of {:?}", crowd.done);
}
