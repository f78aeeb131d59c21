//! One run of a [`GraphQuery`] over its inputs.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray};
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::DFSchema;
use datafusion::error::{DataFusionError, Result as PlanResult};
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::execution_props::ExecutionProps;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::physical_expr::create_physical_expr;

use super::elements::Elements;
use super::neighbours::Neighbours;
use super::output::{Values, mask};
use super::pattern::{Matches, Pattern, Progress, Step};
use super::search::Search;
use super::shortest::Shortest;
use super::{Find, GraphQuery, PatternSpec};

/// As much is tried between two looks at whether the query was cancelled.
const WORK: u64 = 1 << 20;
/// More tried edges mean that a pattern explodes: no answer would come in a time that anybody waits.
const MAX_WORK: u64 = 1 << 32;

/// A query under way.
pub(super) struct Run {
    query: Arc<GraphQuery>,
    schema: SchemaRef,
    graph: Arc<Neighbours>,
    values: Values,
    stage: Stage,
    held: usize,
    done_work: u64,
}

enum Stage {
    Nodes {
        next: usize,
    },
    Search(Box<Search>),
    Shortest(Box<Shortest>),
    /// Paths of one length after the other, for what breadth-first search cannot answer.
    Deepening(Box<Deepening>),
}

struct Deepening {
    pattern: Pattern,
    length: u32,
    max: u32,
    all: bool,
    filter: Option<Expr>,
    search: Option<Search>,
    /// Pairs of nodes that have their paths.
    done: HashSet<(u32, u32)>,
    /// Those that got them at the present length.
    now: HashSet<(u32, u32)>,
}

/// What comes next.
pub(super) enum Event {
    /// Rows of the output.
    Rows(RecordBatch),
    /// Nothing yet.
    Pause,
    /// Nothing more.
    End,
}

impl Run {
    /// Builds the graph.
    pub(super) fn new(
        query: Arc<GraphQuery>,
        schema: SchemaRef,
        edges: RecordBatch,
        tables: &[RecordBatch],
    ) -> PlanResult<Self> {
        let elements = Elements::new(&query, edges, tables)?;
        let nodes = query
            .node_values
            .iter()
            .map(|value| evaluate(value, &elements.nodes))
            .collect::<PlanResult<Vec<_>>>()?;
        let first = if query.partitioned { 3 } else { 2 };
        let edges = elements.edges.columns().iter().skip(first).cloned().collect();
        let held = elements.bytes() + nodes.iter().map(|array| array.get_array_memory_size()).sum::<usize>();
        let graph = elements.graph.clone();
        let values = Values { nodes, edges };
        let stage = match &query.find {
            Find::Nodes => Stage::Nodes { next: 0 },
            Find::Matches(spec) => {
                Stage::Search(Box::new(Search::new(graph.clone(), spec.pattern(&values)?)))
            }
            Find::Shortest { pattern, all, filter } => {
                let pattern = pattern.pattern(&values)?;
                let (min, max) = pattern.steps.first().map_or((0, 0), |step| (step.min, step.max));
                match (filter, Shortest::new(graph.clone(), &pattern, *all)) {
                    (None, Some(search)) if min <= 1 => Stage::Shortest(Box::new(search)),
                    _ => Stage::Deepening(Box::new(Deepening {
                        // A walk of more hops than there are nodes is no simple path.
                        max: max.min(u32::try_from(graph.nodes()).unwrap_or(u32::MAX)),
                        pattern,
                        length: min,
                        all: *all,
                        filter: filter.clone(),
                        search: None,
                        done: HashSet::new(),
                        now: HashSet::new(),
                    })),
                }
            }
        };
        Ok(Run { query, schema, graph, values, stage, held, done_work: 0 })
    }

    /// The bytes that are kept between calls.
    pub(super) fn held_bytes(&self) -> usize {
        self.held
            + match &self.stage {
                Stage::Nodes { .. } => 0,
                Stage::Search(search) => search.bytes(),
                Stage::Shortest(search) => search.bytes(),
                Stage::Deepening(deepening) => {
                    let pairs = deepening.done.capacity() + deepening.now.capacity();
                    pairs * 2 * size_of::<u64>() + deepening.search.as_ref().map_or(0, Search::bytes)
                }
            }
    }

    /// Works on until there is something to say.
    pub(super) fn next(&mut self) -> PlanResult<Event> {
        if self.done_work >= MAX_WORK {
            let message = format!(
                "the pattern was tried on {MAX_WORK} edges without an end; fewer hops, or conditions on its first and \
                 last node or on its edges, make it smaller"
            );
            return Err(DataFusionError::ResourcesExhausted(message));
        }
        let mut work = WORK;
        let event = match &mut self.stage {
            Stage::Nodes { next } => {
                let rows = self.graph.nodes();
                let length = 8192.min(rows - *next);
                if length == 0 {
                    return Ok(Event::End);
                }
                let columns = self.values.nodes.iter().map(|array| array.slice(*next, length)).collect();
                *next += length;
                // Nodes without properties are rows without columns.
                let options = RecordBatchOptions::new().with_row_count(Some(length));
                let rows = RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)?;
                return Ok(Event::Rows(rows));
            }
            Stage::Search(search) => {
                let mut matches = Matches::new(search.pattern());
                let progress = search.run(&mut matches, &mut work);
                self.event(progress, &matches)?
            }
            Stage::Shortest(search) => {
                let mut matches = Matches::of(self.query.find.slots(), 1);
                let progress = search.run(&mut matches, &mut work);
                self.event(progress, &matches)?
            }
            Stage::Deepening(deepening) => {
                match deepening.next(&self.graph, &self.values, &self.query, &self.schema, &mut work)? {
                    (_, Some(rows)) => Event::Rows(rows),
                    (Progress::Done, None) => Event::End,
                    _ => Event::Pause,
                }
            }
        };
        self.done_work += WORK - work;
        Ok(event)
    }

    fn event(&self, progress: Progress, matches: &Matches) -> PlanResult<Event> {
        if matches.rows > 0 {
            return Ok(Event::Rows(self.values.batch(&self.query.outputs, matches, &self.schema)?));
        }
        Ok(if progress == Progress::Done { Event::End } else { Event::Pause })
    }
}

impl Deepening {
    /// Works on: the paths of the present length whose pair has no shorter one.
    fn next(
        &mut self,
        graph: &Arc<Neighbours>,
        values: &Values,
        query: &GraphQuery,
        schema: &SchemaRef,
        work: &mut u64,
    ) -> PlanResult<(Progress, Option<RecordBatch>)> {
        if self.search.is_none() {
            if self.length > self.max {
                return Ok((Progress::Done, None));
            }
            let mut pattern = self.pattern.clone();
            for step in &mut pattern.steps {
                (step.min, step.max) = (self.length, self.length);
            }
            self.search = Some(Search::new(graph.clone(), pattern));
        }
        let mut matches = Matches::new(&self.pattern);
        let Some(search) = &mut self.search else { return Ok((Progress::Done, None)) };
        let progress = search.run(&mut matches, work);
        let rows = self.chosen(&matches, values, query, schema)?;
        if progress == Progress::Done {
            self.search = None;
            self.length += 1;
            self.done.extend(self.now.drain());
            // The next length follows.
            return Ok((Progress::Paused, rows));
        }
        Ok((progress, rows))
    }

    fn chosen(
        &mut self,
        matches: &Matches,
        values: &Values,
        query: &GraphQuery,
        schema: &SchemaRef,
    ) -> PlanResult<Option<RecordBatch>> {
        if matches.rows == 0 {
            return Ok(None);
        }
        let batch = values.batch(&query.outputs, matches, schema)?;
        let passes = match &self.filter {
            Some(filter) => Some(mask(&evaluate(filter, &batch)?)?),
            None => None,
        };
        let step = self.pattern.steps.first();
        let (from, to) = step.map_or((0, 0), |step| (step.from, step.to));
        let keep: BooleanArray = (0..matches.rows)
            .map(|row| {
                let pair = (matches.nodes[from][row], matches.nodes[to][row]);
                let passes = passes.as_ref().is_none_or(|passes| passes.value(row));
                Some(passes && !self.done.contains(&pair) && (self.now.insert(pair) || self.all))
            })
            .collect();
        let rows = filter_record_batch(&batch, &keep)?;
        Ok((rows.num_rows() > 0).then_some(rows))
    }
}

impl Find {
    /// How many slots the pattern has.
    fn slots(&self) -> usize {
        match self {
            Find::Nodes => 0,
            Find::Matches(pattern) | Find::Shortest { pattern, .. } => pattern.slots.len(),
        }
    }
}

impl PatternSpec {
    fn pattern(&self, values: &Values) -> PlanResult<Pattern> {
        let find = |value: Option<usize>, values: &[ArrayRef]| -> PlanResult<Option<BooleanBuffer>> {
            value.and_then(|value| values.get(value)).map(mask).transpose()
        };
        let slots = self.slots.iter().map(|slot| find(*slot, &values.nodes)).collect::<PlanResult<_>>()?;
        let steps = self
            .steps
            .iter()
            .map(|step| {
                Ok(Step {
                    from: step.from,
                    to: step.to,
                    direction: step.direction,
                    min: step.min,
                    max: step.max,
                    is_path: step.is_path,
                    edges: find(step.edges, &values.edges)?,
                    inner: find(step.inner, &values.nodes)?,
                })
            })
            .collect::<PlanResult<_>>()?;
        Ok(Pattern { slots, steps, cycles: self.cycles })
    }
}

/// The value of an expression for each row.
fn evaluate(value: &Expr, rows: &RecordBatch) -> PlanResult<ArrayRef> {
    let schema = DFSchema::try_from(rows.schema().as_ref().clone())?;
    let value =
        create_physical_expr(value, &schema, &ExecutionProps::new(), &PhysicalPlanningContext::default())?;
    value.evaluate(rows)?.into_array(rows.num_rows())
}
