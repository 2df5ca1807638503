//! Who wrote each side of every hunk that a forecast shows, held against `git blame`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::sandbox::Sandbox;

const FILE: &str = "f";

/// The tasks that change a stretch each, and the last one, which changes all of them.
const TASKS: usize = 5;

/// Lines of a stretch.
const STRETCH: usize = 8;

/// Numbers that look random and are always the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("small") % end
    }
}

fn run_of(tasks: usize, files: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::repository();
    for (path, content) in files {
        sandbox.write(path, content);
    }
    let mut plan = String::from("run = \"r\"\nbase = \"main\"\n[protocol]\nbody = \"off\"\n");
    for number in 1..=tasks {
        plan += &format!("[[task]]\nname = \"task-{number}\"\nscope = [{{ path = '**', shared = true }}]\n");
        plan += match number {
            1 => "provides = ['thing']\n",
            TASKS => "needs = ['task-1/thing']\n",
            _ => "",
        };
    }
    sandbox.write("orchestrate.toml", plan);
    commit(&sandbox, ".", "Base");
    sandbox.git(&["orchestrate", "start", "--yes"]).ok();
    sandbox
}

fn commit(sandbox: &Sandbox, place: &str, message: &str) {
    sandbox.git_in(place, &["add", "--all"]).ok();
    sandbox.git_in(place, &["commit", "--quiet", "-m", message]).ok();
}

fn place(number: usize) -> String {
    format!("worktrees/task-{number}")
}

fn forecast(sandbox: &Sandbox) -> Value {
    let said = sandbox.git(&["orchestrate", "integrate", "--dry-run", "--format", "json"]);
    assert!(matches!(said.code, 0 | 1), "{}", said.err);
    serde_json::from_str(&said.out).expect("JSON")
}

/// Changes some lines of a stretch: other words, a line less or a line more.
fn edit(dice: &mut Dice, lines: &mut Vec<String>, stretch: usize, who: &str) {
    let own: Vec<usize> =
        (0..lines.len()).filter(|at| lines[*at].starts_with(&format!("{stretch}."))).collect();
    let at = own[1 + dice.below(own.len() - 2)];
    let words = format!("{stretch}. {who} {}", dice.below(1_000_000));
    match dice.below(4) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, words),
        _ => lines[at] = words,
    }
}

/// Each task but the last works on its stretch in some commits, the last on all; the last may have
/// merged the first.
fn generated(seed: u64) -> Sandbox {
    let mut dice = Dice(seed);
    let base: Vec<String> = (0..TASKS)
        .flat_map(|stretch| (0..STRETCH).map(move |line| format!("{stretch}. line {line}")))
        .collect();
    let sandbox = run_of(TASKS, &[(FILE, &(base.join("\n") + "\n"))]);
    for number in 1..=TASKS {
        let mut lines = base.clone();
        if number == TASKS && seed.is_multiple_of(2) {
            sandbox.git_in(&place(number), &["worker", "merge", "task-1"]).ok();
            lines = sandbox.read(&format!("{}/{FILE}", place(number))).lines().map(str::to_owned).collect();
        }
        let commits = 1 + dice.below(3);
        for step in 1..=commits {
            for stretch in 0..TASKS {
                if number == TASKS || stretch == number {
                    edit(&mut dice, &mut lines, stretch, &format!("task-{number}"));
                }
            }
            sandbox.write(&format!("{}/{FILE}", place(number)), lines.join("\n") + "\n");
            let prefix = if step == commits { "[COMPLETE]" } else { "[CHECKPOINT]" };
            commit(&sandbox, &place(number), &format!("{prefix} Step {step}"));
        }
    }
    sandbox
}

/// Whose each commit is that the base has not.
fn owners(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    for number in 1..=TASKS {
        let list = ["rev-list", "--first-parent", &format!("main..work/task-{number}")];
        for id in sandbox.git(&list).ok().out.lines() {
            owners.insert(id.to_owned(), format!("task-{number}"));
        }
    }
    owners
}

/// Who wrote these lines of a commit's file, as `git blame` has it.
fn blamed(
    sandbox: &Sandbox,
    owners: &BTreeMap<String, String>,
    commit_id: &str,
    lines: &Value,
) -> BTreeSet<String> {
    let (start, count) =
        (lines["start"].as_u64().expect("a line"), lines["count"].as_u64().expect("a count"));
    let range = format!("{start},+{count}");
    let args = ["blame", "--porcelain", "-s", "-L", &range, commit_id, "--", FILE];
    let said = sandbox.git(&args).ok().out;
    let ids = said.lines().filter(|line| {
        let id = line.split(' ').next().unwrap_or_default();
        id.len() == 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    ids.map(|line| owners.get(&line[..40]).cloned().unwrap_or_else(|| "base".to_owned())).collect()
}

fn told(side: &Value) -> BTreeSet<String> {
    let tasks = side["tasks"].as_array().expect("tasks").iter();
    let mut names: BTreeSet<String> = tasks.map(|name| name.as_str().expect("a name").to_owned()).collect();
    if side["base"] == true {
        names.insert("base".to_owned());
    }
    names
}

/// The text of lines of a commit's file.
fn text(sandbox: &Sandbox, commit_id: &str, lines: &Value) -> String {
    let file = sandbox.git(&["show", &format!("{commit_id}:{FILE}")]).ok().out;
    let (start, count) =
        (lines["start"].as_u64().expect("a line"), lines["count"].as_u64().expect("a count"));
    let skip = usize::try_from(start - 1).expect("small");
    file.lines()
        .skip(skip)
        .take(usize::try_from(count).expect("small"))
        .map(|line| format!("{line}\n"))
        .collect()
}

#[test]
fn every_hunk_has_the_authors_that_git_blames() {
    let (mut hunks, mut several) = (0, 0);
    for seed in 1..=std::env::var("AUTHORS").map_or(6, |text| text.parse().expect("a number")) {
        let sandbox = generated(seed);
        let owners = owners(&sandbox);
        sandbox.git(&["checkout", "--quiet", "--detach", "main"]).ok();
        let forecast = forecast(&sandbox);
        for step in forecast["steps"].as_array().expect("steps") {
            let task = step["task"].as_str().expect("a task");
            let (onto, tip) = (sandbox.git(&["rev-parse", "HEAD"]).ok().out, format!("work/{task}"));
            let conflicts = step["conflicts"].as_array().expect("conflicts");
            for hunk in conflicts.iter().flat_map(|one| one["hunks"].as_array().expect("hunks")) {
                for (side, commit_id) in [("ours", onto.trim()), ("theirs", &tip)] {
                    let from = &hunk[format!("{side}_from")];
                    assert_eq!(hunk[side], text(&sandbox, commit_id, &from["lines"]), "seed {seed}: {hunk}");
                    hunks += 1;
                    if from["lines"]["count"] == 0 {
                        let is_known = !told(from).is_empty() && from["base"] == false;
                        assert!(is_known, "seed {seed}: somebody took it away: {hunk}");
                        continue;
                    }
                    let (mut expect, found) =
                        (blamed(&sandbox, &owners, commit_id, &from["lines"]), told(from));
                    several += usize::from(expect.len() > 1);
                    if expect == BTreeSet::from(["base".to_owned()]) {
                        // These lines are the base's; it is told who took others away between them.
                        expect = found.clone();
                    }
                    assert_eq!(found, expect, "seed {seed}, {side} of {task}: {hunk}");
                }
            }
            let merge = ["-c", "core.hooksPath=/dev/null", "merge", "--quiet", "--no-ff", "-m", "x", &tip];
            if sandbox.git(&merge).code != 0 {
                break;
            }
        }
    }
    assert!(hunks > 20 && several > 2, "there is something to see: {hunks}, {several}");
}

fn complete(sandbox: &Sandbox, number: usize, files: &[(&str, &str)]) {
    for (path, content) in files {
        sandbox.write(&format!("{}/{path}", place(number)), content);
    }
    commit(sandbox, &place(number), "[COMPLETE] All of it");
}

fn said(sandbox: &Sandbox) -> String {
    sandbox.git(&["orchestrate", "integrate", "--dry-run"]).fails(1).out
}

#[test]
fn the_lines_are_those_of_each_side() {
    let sandbox = run_of(3, &[(FILE, "1\n2\n3\n4\n5\n6\n7\n8\n9\n")]);
    complete(&sandbox, 1, &[(FILE, "new\nnew\n1\n2\n3\n4\n5\n6\n7\n8\n9\n")]);
    complete(&sandbox, 2, &[(FILE, "1\n2\n3\n4\n5\n6\n7\nacht\n9\n")]);
    complete(&sandbox, 3, &[(FILE, "1\n2\n3\n5\n6\n7\notto\notto\n9\n")]);
    let said = said(&sandbox);
    assert!(said.contains("(lines 10 of task-2, 7-8 of task-3)"), "{said}");
    assert!(said.contains("       task-2 | acht\n"), "{said}");
    let conflicts = sandbox.git(&["orchestrate", "conflicts", "--committed"]).fails(1).out;
    assert!(conflicts.contains("(lines 8 of task-2, 7-8 of task-3)"), "{conflicts}");
}

#[test]
fn who_took_lines_away_is_told() {
    let sandbox = run_of(3, &[(FILE, "1\n2\n3\n4\n5\n6\n7\n8\n9\n")]);
    complete(&sandbox, 1, &[(FILE, "1\n2\n3\n4\n5\n6\n7\n9\n")]);
    complete(&sandbox, 2, &[(FILE, "eins\n2\n3\n4\n5\n6\n7\n8\n9\n")]);
    complete(&sandbox, 3, &[(FILE, "1\n2\n3\n4\n5\n6\n7\notto\n9\n")]);
    let said = said(&sandbox);
    assert!(said.contains("(lines none at 8 of task-1, 8 of task-3)"), "{said}");
    assert!(said.contains("         task-1 | (nothing)\n         task-3 | otto\n"), "{said}");
}

#[test]
fn a_side_may_be_the_bases() {
    let sandbox = run_of(1, &[(FILE, "1\n2\n3\n")]);
    complete(&sandbox, 1, &[(FILE, "1\nzwei\n3\n")]);
    sandbox.write(FILE, "1\ndue\n3\n");
    commit(&sandbox, ".", "On the base");
    let said = said(&sandbox);
    assert!(said.contains("(lines 2 of the base, 2 of task-1)"), "{said}");
}

#[test]
fn a_file_may_have_had_another_name() {
    let long: String = (1..30).map(|line| format!("line {line}\n")).collect();
    for renames in [1, 3] {
        let sandbox = run_of(3, &[(FILE, &long)]);
        for (number, line) in [(1, 20), (2, 5), (3, 5)] {
            let text = long.replace(&format!("line {line}\n"), &format!("task {number}\n"));
            let path = if number == renames { "renamed" } else { FILE };
            std::fs::remove_file(sandbox.root.join(place(number)).join(FILE)).expect("it is there");
            complete(&sandbox, number, &[(path, &text)]);
        }
        let said = said(&sandbox);
        assert!(said.contains("(lines 5 of task-2, 5 of task-3)"), "{renames}: {said}");
    }
}

#[test]
fn what_follows_an_open_conflict_is_told_as_well() {
    let sandbox = run_of(3, &[(FILE, "1\n")]);
    complete(&sandbox, 1, &[(FILE, "one\n")]);
    complete(&sandbox, 2, &[(FILE, "two\n")]);
    complete(&sandbox, 3, &[(FILE, "three\n")]);
    let said = said(&sandbox);
    let expect = "(lines 1-5 of task-1, task-2, the merge of task-2, 1 of task-3)\n";
    assert!(said.contains(expect), "{said}");
    assert!(said.contains("the merge of task-2 | <<<<<<< open conflict\n"), "{said}");
}

#[test]
fn a_resolution_is_the_merges_own() {
    let sandbox = run_of(3, &[(FILE, "1\n")]);
    complete(&sandbox, 1, &[(FILE, "one\n")]);
    complete(&sandbox, 2, &[(FILE, "two\n")]);
    complete(&sandbox, 3, &[(FILE, "three\n")]);
    sandbox.git(&["orchestrate", "integrate"]).fails(1);
    let bench = ".git/orchestrate/integrate/r";
    sandbox.write(&format!("{bench}/{FILE}"), "one and two\n");
    sandbox.git_in(bench, &["add", FILE]).ok();
    let said = sandbox.git(&["orchestrate", "integrate", "--continue"]).fails(1).out;
    assert!(said.contains("(lines 1 of the merge of task-2, 1 of task-3)"), "{said}");
}
