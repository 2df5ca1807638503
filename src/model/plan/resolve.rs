//! From a draft to a plan: names become names, patterns patterns, needs find their tasks.
//!
//! Every part is judged, whatever is wrong with another, so that one reading reports all. What is
//! broken is left out of the plan that the checks see; a plan is handed out only if nothing was.

use std::collections::{HashMap, HashSet};

use crate::model::layout::{self, Layout};
use crate::model::name::{ItemName, RunName, TaskName};
use crate::model::plan::draft::{Draft, DraftNeed, DraftTask};
use crate::model::plan::find::TaskIndex;
use crate::model::plan::finding::{Form, Naming, Needs, Part, PlanFinding};
use crate::model::plan::place::{Located, Place};
use crate::model::plan::report::Report;
use crate::model::plan::{Need, Plan, Task};

mod entries;
mod numbers;

pub use numbers::default_numbers;

/// The most tasks of a plan. Finding the task that a person means is linear in it, and every need
/// names one.
const MAX_TASKS: usize = 2_000;

/// Where each part of a plan was written.
#[derive(Debug, Clone, Default)]
pub struct Places(HashMap<Part, Place>);

impl Places {
    /// Where a part stands; for a part that has no place of its own, where its task does.
    pub fn of(&self, part: Part) -> Option<Place> {
        self.0.get(&part).copied().or_else(|| match part {
            Part::Scope(task, _) | Part::Step(task, _) | Part::Need(task, _) | Part::Provides(task, _) => {
                self.0.get(&Part::Task(task)).copied()
            }
            Part::Plan | Part::Base | Part::Template(_) | Part::Task(_) => None,
        })
    }

    fn put(&mut self, part: Part, place: Place) {
        self.0.insert(part, place);
    }
}

/// What a draft means.
#[derive(Debug)]
pub struct Resolved {
    /// The plan without its broken parts; `None` if not even a name or a task is left.
    pub plan: Option<Plan>,
    /// Where its parts stand.
    pub places: Places,
    /// The tasks of whose scope a part is missing, so that what lies outside of it is not known.
    pub partial_scopes: HashSet<usize>,
}

/// Resolves a draft; what is wrong goes into the report.
pub fn resolve(draft: Draft, report: &mut Report<'_>) -> Resolved {
    let mut places = Places::default();
    let run = draft.run.as_ref().and_then(|run| run_name(run, report));
    let layout = layout(&draft, report, &mut places);
    let base = base(&draft, report, &mut places);
    if draft.tasks.len() > MAX_TASKS {
        report.error(draft.tasks[MAX_TASKS].place, Form::TooManyTasks { most: MAX_TASKS });
        return Resolved { plan: None, places, partial_scopes: HashSet::new() };
    }
    let names = task_names(&draft.tasks, report);
    let numbers = numbers::assign(&draft.tasks, &names, report);
    if draft.tasks.is_empty() && !report.has_error() {
        report.error_in_file(Form::NoTasks);
    }

    let known = names.iter().zip(&numbers).filter_map(|(name, number)| Some((name.as_ref()?, *number)));
    let book = TaskBook { known: TaskIndex::of(known), broken: broken_names(&draft.tasks, &names) };
    let mut tasks = Vec::new();
    let mut expressions = entries::Expressions::default();
    let mut partial_scopes = HashSet::new();
    for ((written, name), number) in draft.tasks.iter().zip(&names).zip(&numbers) {
        let at = tasks.len();
        let scope = entries::scope(written, at, &mut expressions, (report, &mut places));
        let needs = needs(written, at, &book, report, &mut places);
        let provides = provides(written, at, report, &mut places);
        let Some(name) = name else { continue };
        if written.scope.as_ref().is_none_or(|written| written.len() > scope.len()) {
            partial_scopes.insert(at);
        }
        places.put(Part::Task(at), written.name.as_ref().map_or(written.place, |name| name.place));
        for (index, step) in written.steps.iter().enumerate() {
            places.put(Part::Step(at, index), step.place);
        }
        let steps = written.steps.iter().map(|step| step.value.clone()).collect();
        let title = written.title.clone().unwrap_or_else(|| title_of(name));
        let checkpoints = written.checkpoints.clone();
        let remarks = written.remarks.clone();
        let number = *number;
        let name = name.clone();
        tasks.push(Task { name, number, title, scope, steps, checkpoints, needs, provides, remarks });
    }
    if draft.provides_what_is_needed {
        provide_what_is_needed(&mut tasks);
    }
    compare_with_summary(&draft, &tasks, &book, report);
    let plan = run.filter(|_| !tasks.is_empty()).map(|run| Plan {
        title: draft.title.unwrap_or_else(|| run.to_string()),
        run,
        base,
        layout,
        dependencies: draft.dependencies,
        protocol: draft.protocol,
        setup: draft.setup,
        worker: draft.worker,
        tasks,
    });
    Resolved { plan, places, partial_scopes }
}

/// The tasks by which a need can find its own.
struct TaskBook<'p> {
    known: TaskIndex<'p>,
    /// Names that are wrong in themselves: a need that names one is not wrong for that.
    broken: HashSet<String>,
}

fn broken_names(tasks: &[DraftTask], names: &[Option<TaskName>]) -> HashSet<String> {
    let broken = tasks.iter().zip(names).filter(|(_, name)| name.is_none());
    broken.filter_map(|(task, _)| task.name.as_ref()).map(|name| name.value.clone()).collect()
}

fn run_name(run: &Located<String>, report: &mut Report<'_>) -> Option<RunName> {
    RunName::new(&run.value)
        .map_err(|why| {
            report.error(
                run.place,
                Naming::Invalid { of: "run", text: run.value.clone(), why, instead: slug(&run.value) },
            )
        })
        .ok()
}

fn layout(draft: &Draft, report: &mut Report<'_>, places: &mut Places) -> Layout {
    let mut layout = match &draft.layout {
        None => Layout::default(),
        Some(name) => Layout::by_name(&name.value).unwrap_or_else(|| {
            report.error(name.place, Naming::Layout(name.value.clone()));
            Layout::default()
        }),
    };
    let templates = [
        (layout::Part::Branch, &draft.branch),
        (layout::Part::Worktree, &draft.worktree),
        (layout::Part::Integration, &draft.integration),
    ];
    for (part, template) in templates {
        let Some(template) = template else { continue };
        places.put(Part::Template(part), template.place);
        match layout.clone().with(part, &template.value) {
            Ok(changed) => layout = changed,
            Err(why) => {
                report.error(template.place, Naming::Template { text: template.value.clone(), why });
            }
        }
    }
    layout
}

/// The base is handed to git, so it must not look like an option, nor like several revisions.
fn base(draft: &Draft, report: &mut Report<'_>, places: &mut Places) -> String {
    let Some(written) = &draft.base else { return "HEAD".to_owned() };
    places.put(Part::Base, written.place);
    let base = &written.value;
    let odd = |c: char| c.is_control() || c.is_whitespace() || ":?*[\\\"'`$;&|<>()".contains(c);
    if base.starts_with(['-', '^', '.']) || base.contains("..") || base.contains(odd) {
        report.error(written.place, Form::Base { base: base.clone() });
    }
    base.clone()
}

/// The names of the tasks; `None` for what is no name or the second of its kind.
fn task_names(tasks: &[DraftTask], report: &mut Report<'_>) -> Vec<Option<TaskName>> {
    let mut seen = HashSet::new();
    let mut names = Vec::with_capacity(tasks.len());
    for (task, place) in tasks.iter().zip(1u32..) {
        let Some(written) = &task.name else {
            names.push(None);
            continue;
        };
        let number = task.number.as_ref().map_or(place, |number| number.value);
        names.push(match TaskName::new(&written.value) {
            Ok(name) if seen.insert(name.clone()) => Some(name),
            Ok(name) => {
                report.error(written.place, Naming::Duplicate(name));
                None
            }
            Err(why) => {
                let instead = slug(&written.value).map(|slug| match TaskName::new(&slug) {
                    Ok(name) if name.number().is_some() => slug,
                    _ => format!("task-{number}-{slug}"),
                });
                let text = written.value.clone();
                report.error(written.place, Naming::Invalid { of: "task", text, why, instead });
                None
            }
        });
    }
    names
}

fn needs(
    task: &DraftTask,
    at: usize,
    book: &TaskBook<'_>,
    report: &mut Report<'_>,
    places: &mut Places,
) -> Vec<Need> {
    let mut needs = Vec::new();
    for written in &task.needs {
        if let Some(need) = need(written, book, report) {
            places.put(Part::Need(at, needs.len()), written.task.place);
            needs.push(need);
        }
    }
    needs
}

fn need(written: &DraftNeed, book: &TaskBook<'_>, report: &mut Report<'_>) -> Option<Need> {
    let item = match &written.item {
        None => None,
        Some(item) => Some(item_name(item, report)?),
    };
    if book.broken.contains(&written.task.value) {
        return None;
    }
    let task = match book.known.find(&written.task.value) {
        Ok(place) => book.known.name(place).clone(),
        Err(no_such_task) => {
            report.error(written.task.place, Needs::Unknown(no_such_task));
            return None;
        }
    };
    let text = written.text.clone().or_else(|| item.as_ref().map(ItemName::to_string));
    Some(Need {
        text: text.unwrap_or_else(|| task.to_string()),
        task,
        item,
        purpose: written.purpose.clone(),
        until_then: written.until_then.clone(),
        contract: written.contract.clone(),
    })
}

fn provides(task: &DraftTask, at: usize, report: &mut Report<'_>, places: &mut Places) -> Vec<ItemName> {
    let mut provides = Vec::new();
    for written in &task.provides {
        if let Some(item) = item_name(written, report) {
            places.put(Part::Provides(at, provides.len()), written.place);
            provides.push(item);
        }
    }
    provides
}

fn item_name(item: &Located<String>, report: &mut Report<'_>) -> Option<ItemName> {
    ItemName::new(&item.value)
        .map_err(|why| {
            report.error(
                item.place,
                Naming::Invalid { of: "item", text: item.value.clone(), why, instead: slug(&item.value) },
            )
        })
        .ok()
}

fn provide_what_is_needed(tasks: &mut [Task]) {
    let silent: HashSet<TaskName> =
        tasks.iter().filter(|task| task.provides.is_empty()).map(|task| task.name.clone()).collect();
    let needed: Vec<(TaskName, ItemName)> = tasks
        .iter()
        .flat_map(|task| &task.needs)
        .filter_map(|need| Some((need.task.clone(), need.item.clone()?)))
        .filter(|(task, _)| silent.contains(task))
        .collect();
    for (name, item) in needed {
        if let Some(task) = tasks.iter_mut().find(|task| task.name == name)
            && !task.provides.contains(&item)
        {
            task.provides.push(item);
        }
    }
}

fn compare_with_summary(draft: &Draft, tasks: &[Task], book: &TaskBook<'_>, report: &mut Report<'_>) {
    let name = |text: &Located<String>| book.known.find(&text.value).ok().map(|place| book.known.name(place));
    for (worker, needs) in &draft.summary {
        let (Some(worker_name), Some(needed)) = (name(worker), name(needs)) else { continue };
        let task = tasks.iter().find(|task| task.name == *worker_name);
        if task.is_some_and(|task| task.needs.iter().all(|need| need.task != *needed)) {
            let problem = Needs::OnlyInSummary { worker: worker_name.clone(), needs: needed.clone() };
            report.add(PlanFinding::warning(Part::Plan, problem), Some(worker.place));
        }
    }
}

/// What a name says to people: `models migrations` for `task-2-models-migrations` (S1-77).
pub fn title_of(name: &TaskName) -> String {
    let text = name.as_str();
    let words = ["task-", "issue-"].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    let words = match name.number() {
        Some(_) => words.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => words,
    };
    let words = words.replace(['-', '_', '.'], " ");
    let words = words.trim();
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => text.to_owned(),
    }
}

/// A name that comes near a text that is none.
pub fn slug(text: &str) -> Option<String> {
    let mut slug = String::new();
    for c in text.chars() {
        match c {
            c if c.is_ascii_alphanumeric() || c == '_' => slug.push(c.to_ascii_lowercase()),
            _ if slug.ends_with('-') || slug.is_empty() => {}
            _ => slug.push('-'),
        }
    }
    let short: String = slug.trim_end_matches('-').chars().take(crate::model::name::MAX_LEN - 10).collect();
    let short = short.trim_end_matches('-').to_owned();
    (!short.is_empty()).then_some(short)
}
