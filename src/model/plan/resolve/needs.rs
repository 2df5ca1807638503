//! What a task needs: the person's words become a task of the plan and the name of an item.

use crate::model::name::ItemName;
use crate::model::plan::draft::{Draft, DraftNeed, DraftTask};
use crate::model::plan::finding::{Needs, Part, PlanFinding};
use crate::model::plan::place::Located;
use crate::model::plan::resolve::{Resolver, names};
use crate::model::plan::{Need, Task};

impl Resolver<'_, '_, '_> {
    /// The needs of a task that name a task and, if anything, an item.
    pub(super) fn needs(&mut self, task: &DraftTask, at: usize) -> Vec<Need> {
        let mut needs = Vec::new();
        for written in &task.needs {
            if let Some(need) = self.need(written) {
                self.resolved.places.put(Part::Need(at, needs.len()), written.task.place);
                needs.push(need);
            }
        }
        needs
    }

    fn need(&mut self, written: &DraftNeed) -> Option<Need> {
        let item = match &written.item {
            None => None,
            Some(item) => Some(names::item_name(item, self.report)?),
        };
        if self.broken.contains(&written.task.value) {
            return None;
        }
        let task = match self.known.find(&written.task.value) {
            Ok(place) => self.known.name(place).clone(),
            Err(no_such_task) => {
                self.report.error(written.task.place, Needs::Unknown(no_such_task));
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

    /// Warns where the summary of a proposal names a dependency that the worker's section does not.
    pub(super) fn compare_with_summary(&mut self, draft: &Draft, tasks: &[Task]) {
        let name =
            |text: &Located<String>| self.known.find(&text.value).ok().map(|place| self.known.name(place));
        for (worker, needs) in &draft.summary {
            let (Some(worker_name), Some(needed)) = (name(worker), name(needs)) else { continue };
            let task = tasks.iter().find(|task| task.name == *worker_name);
            if task.is_some_and(|task| task.needs.iter().all(|need| need.task != *needed)) {
                let problem = Needs::OnlyInSummary { worker: worker_name.clone(), needs: needed.clone() };
                self.report.add(PlanFinding::warning(Part::Plan, problem), Some(worker.place));
            }
        }
    }
}
