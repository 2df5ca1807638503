//! Whether pairs of branches collide, held against `git merge-tree`, pair by pair.

use std::collections::BTreeSet;

use gix_hash::ObjectId;
use orchestrate::git::Repository;
use orchestrate::git::cache::Cache;
use orchestrate::git::clean_room::CleanRoom;
use orchestrate::git::meetings::CACHE;
use orchestrate::model::meeting::Meeting;

use crate::sandbox::{Said, Sandbox};

/// The paths that git leaves unmerged for each pair, in one process; `None` for a clean merge.
fn truth(
    sandbox: &Sandbox,
    attributes: &str,
    pairs: &[(ObjectId, ObjectId)],
) -> Vec<Option<BTreeSet<String>>> {
    let input: String = pairs.iter().map(|(one, other)| format!("{one} {other}\n")).collect();
    let mut git = sandbox.command("git", &sandbox.root);
    git.args(["merge-tree", "--stdin", "--name-only", "--no-messages"]).env("GIT_ATTR_SOURCE", attributes);
    sandbox.write(".git/pairs", input);
    git.stdin(std::fs::File::open(sandbox.root.join(".git/pairs")).expect("the pairs"));
    let said = Said::from(git.output().expect("git runs")).ok().out;
    let mut fields = said.split('\0');
    let mut answers = Vec::new();
    while let Some(clean) = fields.next().filter(|field| !field.is_empty()) {
        fields.next().expect("a tree");
        let paths: BTreeSet<String> =
            fields.by_ref().take_while(|field| !field.is_empty()).map(real_name).collect();
        answers.push((clean == "0").then_some(paths));
    }
    answers
}

/// Without what git puts behind the name of a file whose place is taken: `~` and a commit.
fn real_name(path: &str) -> String {
    let made_up = path.rsplit_once('~').filter(|(_, rest)| rest.len() >= 40);
    made_up.map_or(path, |(real, _)| real).to_owned()
}

#[track_caller]
fn check(sandbox: &Sandbox, branches: &[String]) -> (usize, usize, usize) {
    let repo = Repository::open(&sandbox.root).expect("a repository");
    let hub = repo.resolve("main").expect("a main");
    let tips: Vec<ObjectId> = branches.iter().map(|name| repo.resolve(name).expect("a tip")).collect();
    let mut pairs = Vec::new();
    for (place, one) in tips.iter().enumerate() {
        pairs.extend(tips[place + 1..].iter().map(|other| (*one, *other)));
    }
    let room = CleanRoom::open(&repo, hub).expect("a room");
    let meetings = room.meet(hub, &pairs, &mut Cache::none()).expect("answers");
    for run in ["first", "second"] {
        let mut cache = repo.cache(CACHE);
        assert_eq!(
            room.meet(hub, &pairs, &mut cache).expect("answers"),
            meetings,
            "a cache changes nothing at the {run} run"
        );
        cache.store();
    }
    let truth = truth(sandbox, "main", &pairs);
    assert_eq!(truth.len(), pairs.len(), "git answers for every pair");
    let (mut conflicts, mut together, mut apart) = (0, 0, 0);
    for (place, (meeting, truth)) in meetings.iter().zip(&truth).enumerate() {
        let name = |tip| &branches[tips.iter().position(|one| *one == tip).expect("known")];
        let pair = format!("{} and {}", name(pairs[place].0), name(pairs[place].1));
        match meeting {
            Meeting::Apart => apart += 1,
            Meeting::Together(_) => together += 1,
            Meeting::Conflict { .. } => conflicts += 1,
            Meeting::Unknown(why) => panic!("{pair}: {why}"),
        }
        assert_eq!(meeting.is_conflict(), truth.is_some(), "{pair} collide if git says so: {meeting:?}");
        if let Some(unmerged) = truth {
            let told: BTreeSet<String> = meeting.paths().into_iter().map(ToString::to_string).collect();
            assert!(unmerged.is_subset(&told), "{pair}: {unmerged:?} are named in {told:?}");
        }
    }
    (conflicts, together, apart)
}

fn branches(sandbox: &Sandbox) -> Vec<String> {
    let said = sandbox.git(&["for-each-ref", "--format=%(refname:short)", "refs/heads"]).ok().out;
    said.lines().map(str::to_owned).collect()
}

#[test]
fn all_pairs_of_all_ways_to_change_collide_as_git_says() {
    let sandbox = Sandbox::from_script("merges.sh");
    let (conflicts, together, apart) = check(&sandbox, &branches(&sandbox));
    assert!(conflicts > 200 && together > 150 && apart > 3000, "{conflicts} {together} {apart}");
}

/// How often git was asked to merge something while the program answered.
fn merges_asked(sandbox: &Sandbox, args: &[&str]) -> usize {
    let real = which::which("git").expect("git is there");
    sandbox.install(
        ".git/spy/git",
        format!("#!/bin/sh\necho \"$*\" >>\"$SPY_LOG\"\nexec '{}' \"$@\"\n", real.display()),
    );
    let spy = sandbox.root.join(".git/spy");
    sandbox.write(".git/spy/log", "");
    let path = format!("{}:{}", spy.display(), std::env::var("PATH").expect("a path"));
    let mut program = sandbox.command(env!("CARGO_BIN_EXE_git-orchestrate"), &sandbox.root);
    program.args(args).env("PATH", path).env("SPY_LOG", spy.join("log"));
    let said = Said::from(program.output().expect("it runs"));
    assert!(said.code < 2, "{args:?} answers: {}", said.err);
    sandbox.read(".git/spy/log").lines().filter(|line| line.contains("merge-tree")).count()
}

#[test]
fn only_what_has_moved_is_merged_again() {
    let sandbox = Sandbox::from_script("clashing.sh");
    let check = |args: &[&str], expect: usize, when: &str| {
        assert_eq!(merges_asked(&sandbox, args), expect, "{args:?} {when}");
    };
    check(&["conflicts", "task-3"], 0, "asks nothing about who touches nothing in common");
    check(&["conflicts"], 1, "asks once for all at first");
    check(&["conflicts"], 0, "knows what it was told");
    check(&["status"], 0, "knows what conflicts was told");
    sandbox.git(&["gc", "--quiet", "--prune=now"]).ok();
    check(&["status"], 0, "knows it after gc");
    sandbox.write(
        "worktrees/task-2-models-migrations/models/__init__.py",
        "from models.user import User\nfrom .analytics import *\n",
    );
    check(&["conflicts"], 1, "asks about what has changed");
    let cache = sandbox.root.join(".git/orchestrate/cache");
    std::fs::write(cache.join("meetings"), "no such thing").expect("it can be damaged");
    check(&["conflicts"], 1, "asks again where nothing is known");
    std::fs::remove_dir_all(cache).expect("it can be deleted");
    check(&["conflicts"], 1, "asks again where nothing is left");
}

#[test]
fn what_cannot_be_read_is_unknown_and_stands_in_nobodys_way() {
    let sandbox = Sandbox::repository();
    for (branch, line) in [("one", "1"), ("two", "2"), ("three", "3")] {
        sandbox.git(&["checkout", "--quiet", "-b", branch, "main"]).ok();
        sandbox.write("README", format!("{line}\n"));
        sandbox.git(&["commit", "--quiet", "-am", branch]).ok();
    }
    let id = sandbox.git(&["rev-parse", "two:README"]).ok().out;
    let (directory, file) = id.trim().split_at(2);
    let object = sandbox.root.join(".git/objects").join(directory).join(file);
    std::fs::remove_file(object).expect("a loose object");
    let repo = Repository::open(&sandbox.root).expect("a repository");
    let tip = |name: &str| repo.resolve(name).expect("a tip");
    let (one, two, three) = (tip("one"), tip("two"), tip("three"));
    let room = CleanRoom::open(&repo, tip("main")).expect("a room");
    let mut cache = repo.cache(CACHE);
    let said =
        room.meet(tip("main"), &[(one, two), (one, three), (two, three)], &mut cache).expect("answers");
    let [lost, known, too] = said.as_slice() else { panic!("one answer for each pair: {said:?}") };
    assert!(matches!(lost, Meeting::Unknown(_)), "a lost version says nothing: {lost:?}");
    assert!(known.is_conflict(), "the others are not affected: {known:?}");
    assert!(matches!(too, Meeting::Unknown(_)), "{too:?}");
    cache.store();
    sandbox.write("README", "2\n");
    sandbox.git(&["hash-object", "-w", "README"]).ok();
    let said = room.meet(tip("main"), &[(one, two)], &mut repo.cache(CACHE)).expect("answers");
    assert!(said[0].is_conflict(), "what was unknown is asked again: {said:?}");
}

/// What may lie in a worktree, each on top of the one commit with `file`, `tool`, `link`, `dir/a` and
/// `dir/b`.
const UNCOMMITTED: [(&str, &str); 16] = [
    ("changed", "echo x >file"),
    ("staged and changed again", "echo x >file; git add file; echo y >>file"),
    ("removed", "rm file"),
    ("removed from the index alone", "git rm -q --cached file"),
    ("staged, then removed", "echo x >new; git add new; rm new"),
    ("new in a new directory", "mkdir -p a/b; echo x >a/b/c"),
    ("renamed", "git mv file other"),
    ("a directory became a file", "rm -r dir; echo x >dir"),
    ("a file became a directory", "rm file; mkdir file; echo x >file/inside"),
    ("executable", "chmod +x file; chmod -x tool"),
    ("a link became a file", "rm link; echo x >link"),
    ("a file became a link", "rm file; ln -s tool file"),
    ("ignored", "echo '*.log' >.gitignore; echo x >noise.log; echo y >kept"),
    ("only announced", "echo x >new; git add -N new"),
    (
        "strange names",
        r#"echo x >'a b'; echo y >'*'; printf z >"$(printf 'new\nline')"; echo w >-x; echo v >:x"#,
    ),
    ("a repository of its own", "git init -q own; git -C own commit -q --allow-empty -m x; echo x >file"),
];

#[test]
fn what_is_not_committed_is_taken_as_git_would_add_it() {
    for (what, script) in UNCOMMITTED {
        let sandbox = Sandbox::repository();
        let bash = |script: &str| {
            let mut bash = sandbox.command("bash", &sandbox.root);
            Said::from(bash.args(["-c", script]).output().expect("bash runs")).ok();
        };
        bash(
            "echo f >file; echo t >tool; chmod +x tool; ln -s file link; mkdir dir; echo a >dir/a; echo b >dir/b",
        );
        bash("printf '* text=auto\n' >.gitattributes; git add .; git commit -q -m base");
        bash(script);
        let repo = crate::git_room::open(&sandbox, ".");
        let room = CleanRoom::open(&repo, repo.resolve("main").expect("a main")).expect("a room");
        let before = sandbox.git(&["status", "--porcelain=v2"]).ok().out;
        let dirty = repo.dirty_paths(&sandbox.root).expect("git looks");
        let found =
            room.snapshot(&repo, &sandbox.root, &dirty).expect("it can be taken").expect("no conflict");
        assert_eq!(sandbox.git(&["status", "--porcelain=v2"]).ok().out, before, "{what}: nothing is touched");
        let again =
            room.snapshot(&repo, &sandbox.root, &dirty).expect("it can be taken").expect("no conflict");
        assert_eq!(found, again, "{what}: the same work is the same commit");
        let found = room.repository().commit(found).expect("it is in the room").tree_id.to_string();
        bash("git add --all 2>/dev/null");
        let expect = sandbox.git(&["write-tree"]).ok().out;
        assert_eq!(found, expect.trim(), "{what}");
    }
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).expect("below a small number")
    }
}

/// A branch's files: few different lines, so that edits are easily taken for each other.
type Files = std::collections::BTreeMap<String, Vec<String>>;

fn edit(files: &mut Files, dice: &mut Dice) {
    let names: Vec<String> = files.keys().cloned().collect();
    let name = names[dice.below(names.len())].clone();
    let line = || ["a", "b", "c", "{", "}", ""];
    match dice.below(12) {
        0 => drop(files.remove(&name)),
        1 => {
            let content = files.remove(&name).expect("it is there");
            let directory = ["", "d/", "d/e/"][dice.below(3)];
            files.insert(format!("{directory}r{}", dice.below(4)), content);
        }
        2 => {
            let content = (0..dice.below(5)).map(|_| line()[dice.below(6)].to_owned()).collect();
            files.insert(format!("d/n{}", dice.below(3)), content);
        }
        how => {
            let content = files.get_mut(&name).expect("it is there");
            let place = dice.below(content.len() + 1);
            match how {
                3..=6 => content.insert(place, line()[dice.below(6)].to_owned()),
                7..=9 if place < content.len() => content[place] = line()[dice.below(6)].to_owned(),
                _ if place < content.len() => drop(content.remove(place)),
                _ => {}
            }
        }
    }
}

fn commit(stream: &mut String, branch: &str, from: Option<&str>, files: &Files) {
    use std::fmt::Write as _;
    let _ = write!(stream, "commit refs/heads/{branch}\ncommitter A <a@b.c> 1705327200 +0000\ndata 1\nx\n");
    if let Some(from) = from {
        let _ = writeln!(stream, "from refs/heads/{from}");
    }
    stream.push_str("deleteall\n");
    for (name, lines) in files {
        let content: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let _ = write!(stream, "M 100644 inline {name}\ndata {}\n{content}\n", content.len());
    }
}

#[test]
fn pairs_of_random_branches_collide_as_git_says() {
    let rounds: u64 = std::env::var("ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    let (mut conflicts, mut together) = (0, 0);
    for round in 1..=rounds {
        let sandbox = Sandbox::empty();
        sandbox.git(&["init", "--quiet"]).ok();
        let mut dice = Dice(round.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let base: Files = (0..6)
            .map(|file| {
                // Among these stand some that are nowhere else.
                let lines = (0..12 + file).map(|number| match dice.below(9) {
                    0..3 if file > 1 => format!("line {number}"),
                    same => ["a", "b", "c", "{", "}", ""][same % 6].to_owned(),
                });
                (format!("{}f{file}", ["", "d/", "d/e/"][file % 3]), lines.collect())
            })
            .collect();
        let mut stream = String::new();
        commit(&mut stream, "main", None, &base);
        let mut made = vec!["main".to_owned()];
        for number in 0..40 {
            // Most branches fork from main, some from another branch.
            let mut files = base.clone();
            (0..=dice.below(4)).for_each(|_| edit(&mut files, &mut dice));
            let name = format!("b{number}");
            let from = if dice.below(5) == 0 { made[dice.below(made.len())].clone() } else { "main".into() };
            commit(&mut stream, &name, Some(&from), &files);
            made.push(name);
        }
        sandbox.write(".git/stream", stream);
        let mut import = sandbox.command("git", &sandbox.root);
        import.args(["fast-import", "--quiet"]);
        import.stdin(std::fs::File::open(sandbox.root.join(".git/stream")).expect("the stream"));
        Said::from(import.output().expect("git runs")).ok();
        let (more_conflicts, more_together, _) = check(&sandbox, &branches(&sandbox));
        conflicts += more_conflicts;
        together += more_together;
    }
    assert!(conflicts > 100 && together > 100, "{conflicts} conflicts, {together} clean meetings");
}

/// git compares times by the second, and looks into a file that is as old as the index.
#[test]
fn what_changed_within_a_second_takes_part() {
    let sandbox = Sandbox::from_script("five.sh");
    let tree = "worktrees/task-2-payments";
    for (key, value) in [("core.trustctime", "false"), ("core.checkStat", "minimal")] {
        sandbox.git(&["config", key, value]).ok();
    }
    let then = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    let touch = |path: &str| {
        let file = std::fs::File::options().write(true).open(sandbox.root.join(path)).expect("a file");
        file.set_modified(then).expect("a time");
    };
    sandbox.git_in(tree, &["checkout", "--quiet", "config.py"]).ok();
    touch(&format!("{tree}/config.py"));
    sandbox.git_in(tree, &["update-index", "--refresh"]).ok();
    touch(".git/worktrees/task-2-payments/index");
    sandbox.write(&format!("{tree}/config.py"), "CURRENCY = \"USD\"\n");
    touch(&format!("{tree}/config.py"));
    let said = sandbox.git(&["orchestrate", "conflicts"]).fails(1);
    assert!(said.out.contains("task-1 and task-2 conflict\n  content: config.py"), "{}", said.out);
}
