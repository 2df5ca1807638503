//! Facts for the tests of this folder, written as three lists of what happened on three branches.
//!
//! | line | what happened |
//! |---|---|
//! | `+2` | the branch merged all own commits that task 2 has at the end; `+2:1` only its first one |
//! | `!failed` | the journal says so (any event's word) |
//! | `@integration`, `@base` | the tip is in there |
//! | `revert 1` | the task's own commit 1, counted from 1, is reverted |
//! | anything else | an own commit with this message |
//!
//! Every line is one minute after the one before it; task 1 needs `task-2/AnalyticsEvent`, task 3
//! needs `task-1/api-endpoints`.

use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::model::facts::{Commit, Facts, Held, TaskFacts};
use crate::model::journal::{self, Event};
use crate::model::layout::Layout;
use crate::model::message::first_line;
use crate::model::name::{ItemName, RunName, TaskName};
use crate::model::pattern::Pattern;
use crate::model::plan::{DependencyMode, Launch, Need, Plan, Protocol, Setup, Task};
use crate::model::scope::ScopeEntry;
use crate::model::status::{Clock, RunStatus, STALLED_AFTER};

/// The names of the three tasks.
pub const NAMES: [&str; 3] = ["task-1-api-endpoints", "task-2-models-migrations", "task-3-frontend"];

/// The object id that a test calls `number`.
pub fn id(number: usize) -> ObjectId {
    let mut bytes = [7; 20];
    bytes[0] = number as u8;
    ObjectId::from(bytes)
}

/// A name that is one.
pub fn name(number: usize) -> TaskName {
    TaskName::new(NAMES[number - 1]).expect("a legal name")
}

/// The plan of the scenario, as short as it gets.
pub fn plan() -> Plan {
    let need = |provider: usize, item: &str, text: &str| Need {
        task: name(provider),
        item: Some(ItemName::new(item).expect("a legal name")),
        text: text.to_owned(),
        purpose: None,
        until_then: None,
        contract: None,
    };
    let task = |number: usize, scope: &str, needs: Vec<Need>| Task {
        name: name(number),
        number: number as u32,
        title: format!("Title {number}"),
        scope: vec![ScopeEntry::of(Pattern::parse(scope).expect("a pattern"))],
        steps: vec!["First step".into()],
        checkpoints: vec!["One".into(), "Two".into()],
        needs,
        provides: Vec::new(),
        remarks: Vec::new(),
    };
    Plan {
        run: RunName::new("analytics").expect("a legal name"),
        title: "Analytics".into(),
        base: "main".into(),
        layout: Layout::work(),
        dependencies: DependencyMode::Advisory,
        protocol: Protocol::default(),
        setup: Setup::default(),
        worker: Launch::default(),
        integrate: crate::model::plan::Integrate::default(),
        tasks: vec![
            task(1, "api/", vec![need(2, "AnalyticsEvent", "Analytics model")]),
            task(2, "models/", vec![]),
            task(3, "static/", vec![need(1, "api-endpoints", "API endpoints")]),
        ],
    }
}

/// Facts in which that happened.
pub fn facts(happened: [&[&str]; 3]) -> Facts {
    let mut tasks: Vec<TaskFacts> =
        happened.iter().enumerate().map(|(place, lines)| task(place + 1, lines)).collect();
    let own: Vec<usize> = tasks.iter().map(|task| task.own_commits().count()).collect();
    for task in &mut tasks {
        for held in &mut task.holds {
            let place =
                NAMES.iter().position(|name| *name == held.task.as_str()).expect("a task of the plan");
            held.commits = held.commits.min(own[place]);
        }
        task.holds.retain(|held| held.commits > 0);
        let whole = |held: &&Held| {
            NAMES.iter().zip(&own).any(|(name, own)| held.task.as_str() == *name && held.commits == *own)
        };
        task.contains = task.holds.iter().filter(whole).map(|held| held.task.clone()).collect();
    }
    Facts {
        plan: plan(),
        plan_commit_id: id(200),
        base_commit_id: id(201),
        base_ref: None,
        base_upstream: None,
        base_tip: None,
        fetched_base_tips: Vec::new(),
        base_past: Vec::new(),
        dropped: Vec::new(),
        integration_tip: None,
        integrated_tip: None,
        stopped_at: None,
        is_integrating: false,
        commands: Vec::new(),
        tasks,
        unknown: Vec::new(),
    }
}

/// The status of such facts, `minutes` after the start, when the judge found nothing.
pub fn status(facts: &Facts, minutes: i64) -> RunStatus {
    let clock = Clock { now: minutes * 60, stalled_after: STALLED_AFTER };
    RunStatus::new(facts, vec![Vec::new(); facts.tasks.len()], clock)
}

fn task(number: usize, lines: &[&str]) -> TaskFacts {
    let mut task = TaskFacts {
        name: name(number),
        branch: format!("work/{}", name(number)),
        tip: Some(id(number * 50)),
        symbolic: None,
        kept_tip: None,
        remote: None,
        worktree: None,
        commits: Vec::new(),
        contains: Vec::new(),
        holds: Vec::new(),
        in_integration: false,
        in_base: false,
        replaced: Vec::new(),
        alike: Vec::new(),
        misplaced: Vec::new(),
        is_cut_off: false,
        journal: Vec::new(),
    };
    for (place, line) in lines.iter().enumerate() {
        happen(&mut task, line, 60 * (place as i64 + 1), id(number * 50 + place));
    }
    task
}

fn happen(task: &mut TaskFacts, line: &str, time: i64, commit_id: ObjectId) {
    if let Some(merged) = line.strip_prefix('+') {
        let (other, commits) = merged.split_once(':').unwrap_or((merged, "255"));
        let held = Held {
            task: name(other.parse().expect("a number")),
            commits: commits.parse().expect("a number"),
        };
        task.holds.retain(|one| one.task != held.task);
        task.holds.push(held);
        task.commits.push(commit(commit_id, time, "Merge", 2));
    } else if let Some(word) = line.strip_prefix('!') {
        let name = task.name.clone();
        let entry = journal::Entry {
            task: Some(name.clone()),
            time,
            ..journal::Entry::new(Event::from(word), name.as_str())
        };
        task.journal.push(entry);
    } else if let Some(number) = line.strip_prefix("revert ") {
        let place: usize = number.parse().expect("a number");
        let target = task.own_commits().nth(place - 1).expect("an own commit");
        let message = format!(
            "Revert \"{}\"\n\nThis reverts commit {}.\n",
            first_line(target.message.as_bstr()),
            target.id
        );
        task.commits.push(commit(commit_id, time, &message, 1));
    } else if line.starts_with('@') {
        task.in_integration |= line == "@integration";
        task.in_base |= line == "@base";
    } else {
        task.commits.push(commit(commit_id, time, line, 1));
    }
}

fn commit(id: ObjectId, time: i64, message: &str, parents: usize) -> Commit {
    Commit {
        id,
        tree_id: id,
        parent_ids: vec![self::id(250); parents],
        time,
        author: "Ada".into(),
        signature: format!("Ada <ada@x> {time} +0000").into(),
        message: message.into(),
        encoding: None,
        change: Vec::new(),
    }
}
