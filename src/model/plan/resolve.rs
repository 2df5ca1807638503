//! From a draft to a plan: names become names, patterns patterns, needs find their tasks.
//!
//! Every part is judged, whatever is wrong with another, so that one reading reports all. What is
//! broken is left out of the plan that the checks see; a plan is handed out only if nothing was.

mod entries;
mod head;
mod names;
mod needs;
mod numbers;

use std::collections::{HashMap, HashSet};

use crate::model::name::{ItemName, TaskName};
use crate::model::plan::draft::{Draft, DraftTask};
use crate::model::plan::find::TaskIndex;
use crate::model::plan::finding::{Form, Part};
use crate::model::plan::place::Place;
use crate::model::plan::report::Report;
use crate::model::plan::{Plan, Task};

pub use names::{slug, title_of};
pub use numbers::default_numbers;

/// The most tasks of a plan: more than anyone has, and few enough for every check.
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
#[derive(Debug, Default)]
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
    let mut resolved = Resolved::default();
    let head = head::Head::of(&draft, report, &mut resolved.places);
    if draft.tasks.is_empty() && !report.has_error() {
        report.error_in_file(Form::NoTasks);
    }
    if let Some(first_too_many) = draft.tasks.get(MAX_TASKS) {
        report.error(first_too_many.place, Form::TooManyTasks { most: MAX_TASKS });
        return resolved;
    }
    let tasks = tasks(&draft, &mut resolved, report);
    let Some(run) = head.run.filter(|_| !tasks.is_empty()) else { return resolved };
    resolved.plan = Some(Plan {
        title: draft.title.unwrap_or_else(|| run.to_string()),
        run,
        base: head.base,
        layout: head.layout,
        dependencies: draft.dependencies,
        protocol: draft.protocol,
        setup: draft.setup,
        integrate: draft.integrate,
        worker: draft.worker,
        tasks,
    });
    resolved
}

fn tasks(draft: &Draft, resolved: &mut Resolved, report: &mut Report<'_>) -> Vec<Task> {
    let names = names::task_names(&draft.tasks, report);
    let numbers = numbers::assign(&draft.tasks, &names, report);
    let known = names.iter().zip(&numbers).filter_map(|(name, number)| Some((name.as_ref()?, *number)));
    let mut resolver = Resolver {
        report,
        resolved,
        known: TaskIndex::of(known),
        broken: names::broken(&draft.tasks, &names),
        expressions: entries::Expressions::default(),
    };
    let mut tasks = Vec::with_capacity(draft.tasks.len());
    for ((written, name), number) in draft.tasks.iter().zip(&names).zip(&numbers) {
        let at = tasks.len();
        tasks.extend(resolver.task(written, at, name.as_ref().map(|name| (name, *number))));
    }
    resolver.compare_with_summary(draft, &tasks);
    if draft.provides_what_is_needed {
        provide_what_is_needed(&mut tasks);
    }
    tasks
}

/// What resolving one task needs from all.
struct Resolver<'r, 't, 'n> {
    report: &'r mut Report<'t>,
    resolved: &'r mut Resolved,
    known: TaskIndex<'n>,
    /// Names that are wrong in themselves: a need that names one is not wrong for that.
    broken: HashSet<String>,
    expressions: entries::Expressions,
}

impl Resolver<'_, '_, '_> {
    /// The task, if it has a name; its parts are judged anyway. `at` is its place in the plan.
    fn task(&mut self, written: &DraftTask, at: usize, name: Option<(&TaskName, u32)>) -> Option<Task> {
        let scope = self.scope(written, at);
        let needs = self.needs(written, at);
        let provides = self.provides(written, at);
        let (name, number) = name?;
        if written.scope.as_ref().is_none_or(|written| written.len() > scope.len()) {
            self.resolved.partial_scopes.insert(at);
        }
        let place = written.name.as_ref().map_or(written.place, |name| name.place);
        self.resolved.places.put(Part::Task(at), place);
        for (index, step) in written.steps.iter().enumerate() {
            self.resolved.places.put(Part::Step(at, index), step.place);
        }
        Some(Task {
            name: name.clone(),
            number,
            title: written.title.clone().unwrap_or_else(|| title_of(name)),
            scope,
            steps: written.steps.iter().map(|step| step.value.clone()).collect(),
            checkpoints: written.checkpoints.clone(),
            needs,
            provides,
            remarks: written.remarks.clone(),
        })
    }

    fn provides(&mut self, task: &DraftTask, at: usize) -> Vec<ItemName> {
        let mut provides = Vec::new();
        for written in &task.provides {
            if let Some(item) = names::item_name(written, self.report) {
                self.resolved.places.put(Part::Provides(at, provides.len()), written.place);
                provides.push(item);
            }
        }
        provides
    }
}

/// A task that does not say what it provides provides what others need of it by name.
fn provide_what_is_needed(tasks: &mut [Task]) {
    let needs = tasks.iter().flat_map(|task| &task.needs);
    let mut needed: HashMap<TaskName, Vec<ItemName>> = HashMap::new();
    for (task, item) in needs.filter_map(|need| Some((&need.task, need.item.as_ref()?))) {
        let items = needed.entry(task.clone()).or_default();
        if !items.contains(item) {
            items.push(item.clone());
        }
    }
    for task in tasks.iter_mut().filter(|task| task.provides.is_empty()) {
        task.provides = needed.remove(&task.name).unwrap_or_default();
    }
}
