//! Sequences of rows: every row is held against the steps from the last to the first, and a match moves on the
//! sequence of the step before it or goes on with that of its own step.
//!
//! What a condition asks of the row alone is computed for a whole batch; only where that holds, what it asks of the
//! sequence is computed row by row.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array};
use datafusion::arrow::compute::interleave_record_batch;
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::DFSchema;
use datafusion::error::{DataFusionError, Result as PlanResult};
use datafusion::logical_expr::execution_props::ExecutionProps;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::utils::{conjunction, split_conjunction};
use datafusion::logical_expr::{ColumnarValue, Expr};
use datafusion::physical_expr::{PhysicalExpr, create_physical_expr};
use datafusion::scalar::ScalarValue;
use kql_functions::typed::null_value;
use kql_types::ScalarType;

use super::{RowOperator, RowStream};

/// The operator. Its output has the columns of the input, then the declared ones, then the number of the match.
#[derive(Debug)]
pub(crate) struct Scan {
    /// The types of the columns of the input.
    pub input: Vec<(String, ScalarType)>,
    /// The declared columns.
    pub declared: Vec<Declared>,
    /// The steps.
    pub steps: Vec<Step>,
    /// The column of the match's number.
    pub match_id: Option<String>,
}

/// A column that steps assign to.
#[derive(Debug, Clone)]
pub(crate) struct Declared {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: ScalarType,
    /// Its value where no step assigns one.
    pub default: ScalarValue,
    /// It is a column of the input, and has the row's own value where no step assigns one.
    pub of_input: bool,
}

/// A step. Its expressions read columns of the input, and those of [`state_column`] of this and earlier steps.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// Which of the rows that match are handed on.
    pub output: Output,
    /// Whether a row matches.
    pub condition: Expr,
    /// Values for declared columns, by position.
    pub assignments: Vec<(usize, Expr)>,
}

/// Which of the rows that match a step are handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// All of them.
    All,
    /// The last of those that match in a row within one sequence.
    Last,
    /// None.
    None,
}

/// The name under which an expression reads a column of a step's state.
pub(crate) fn state_column(step: usize, column: &str) -> String {
    format!("$step{step}.{column}")
}

impl Scan {
    fn exprs(&self) -> impl Iterator<Item = &Expr> {
        self.steps.iter().flat_map(|step| {
            std::iter::once(&step.condition).chain(step.assignments.iter().map(|(_, value)| value))
        })
    }

    /// The columns that expressions read of an input: in its rows, or in the state that keeps them.
    fn reads(&self, input: &[Arc<Field>]) -> BTreeSet<usize> {
        let read: BTreeSet<&str> = self
            .exprs()
            .flat_map(|expr| expr.column_refs())
            .map(|column| match column.name.strip_prefix("$step") {
                Some(rest) => rest.split_once('.').map_or(rest, |(_, name)| name),
                None => column.name.as_str(),
            })
            .collect();
        let positions = input.iter().enumerate();
        positions.filter(|(_, field)| read.contains(field.name().as_str())).map(|(at, _)| at).collect()
    }
}

impl RowOperator for Scan {
    fn name(&self) -> &'static str {
        "Scan"
    }

    fn output(&self, input: &[Arc<Field>]) -> PlanResult<Vec<Arc<Field>>> {
        let declared = self.declared.iter().filter(|column| !column.of_input);
        let declared = declared.map(|column| Arc::new(column.ty.field(&column.name)));
        let number = self.match_id.iter().map(|name| Arc::new(ScalarType::Long.field(name)));
        Ok(input.iter().cloned().chain(declared).chain(number).collect())
    }

    fn needs_all_rows(&self) -> bool {
        true
    }

    fn inputs_for(&self, input: &[Arc<Field>], outputs: &[usize]) -> Option<Vec<usize>> {
        let kept = outputs.iter().copied().filter(|&output| output < input.len());
        Some(kept.chain(self.reads(input)).collect())
    }

    fn start(&self, input: &SchemaRef, output: &SchemaRef) -> PlanResult<Box<dyn RowStream>> {
        let slots = self.slots(input)?;
        let compiler = Compiler { input, slots: &slots };
        let mut steps = Vec::new();
        for step in &self.steps {
            let (of_row, of_state): (Vec<&Expr>, Vec<&Expr>) =
                split_conjunction(&step.condition).into_iter().partition(|part| !reads_state(part));
            let compile = |parts: Vec<&Expr>| {
                conjunction(parts.into_iter().cloned()).map(|expr| compiler.compile(&expr)).transpose()
            };
            let assignments = step
                .assignments
                .iter()
                .map(|(position, value)| Ok((*position, compiler.compile(value)?)))
                .collect::<PlanResult<Vec<_>>>()?;
            steps.push(Compiled {
                output: step.output,
                of_row: compile(of_row)?,
                of_state: compile(of_state)?,
                assignments,
            });
        }
        Ok(Box::new(ScanStream {
            sequences: steps.iter().map(|_| None).collect(),
            waiting: steps.iter().map(|_| None).collect(),
            steps,
            slots,
            defaults: self.declared.iter().map(|column| column.default.clone()).collect(),
            replaced: self
                .declared
                .iter()
                .map(|column| column.of_input.then(|| input.index_of(&column.name).ok()))
                .collect(),
            numbered: self.match_id.is_some(),
            matches: 0,
            input: input.clone(),
            output: output.clone(),
            ready: None,
        }))
    }
}

fn reads_state(expr: &Expr) -> bool {
    expr.column_refs().iter().any(|column| column.name.starts_with("$step"))
}

/// Where a step's state gets a value from.
#[derive(Clone, Copy)]
enum Origin {
    Input(usize),
    Declared(usize),
}

/// A value that a step's state keeps because an expression reads it.
struct Slot {
    origin: Origin,
    field: Arc<Field>,
    /// The value while the state is empty.
    empty: ArrayRef,
}

/// The slots of each step, by the names under which expressions read them.
type Slots = Vec<BTreeMap<String, Slot>>;

impl Scan {
    fn slots(&self, input: &SchemaRef) -> PlanResult<Slots> {
        let read: BTreeSet<String> =
            self.exprs().flat_map(|expr| expr.column_refs()).map(|column| column.name.clone()).collect();
        let mut slots = Vec::new();
        for step in 0..self.steps.len() {
            let mut kept = BTreeMap::new();
            for (position, field) in input.fields().iter().enumerate() {
                let name = state_column(step, field.name());
                let is_declared = self.declared.iter().any(|declared| declared.name == *field.name());
                if read.contains(&name) && !is_declared {
                    let empty = self.empty_value(field)?.to_array()?;
                    let field = Arc::new(field.as_ref().clone().with_name(&name));
                    kept.insert(name, Slot { origin: Origin::Input(position), field, empty });
                }
            }
            for (position, declared) in self.declared.iter().enumerate() {
                let name = state_column(step, &declared.name);
                if read.contains(&name) {
                    let field = Arc::new(declared.ty.field(&name));
                    let empty = declared.default.to_array()?;
                    kept.insert(name, Slot { origin: Origin::Declared(position), field, empty });
                }
            }
            slots.push(kept);
        }
        Ok(slots)
    }

    /// What stands for a column of no row: null, or the empty text of a string, which has no null.
    fn empty_value(&self, field: &Field) -> PlanResult<ScalarValue> {
        match self.input.iter().find(|(name, _)| name == field.name()) {
            Some((_, ty)) => Ok(null_value(*ty)),
            None => ScalarValue::try_from(field.data_type()),
        }
    }
}

/// An expression over a row and the state of a sequence.
struct Evaluator {
    expr: Arc<dyn PhysicalExpr>,
    schema: SchemaRef,
    input: Vec<usize>,
    state: Vec<(usize, String)>,
}

struct Compiler<'a> {
    input: &'a SchemaRef,
    slots: &'a Slots,
}

impl Compiler<'_> {
    fn compile(&self, expr: &Expr) -> PlanResult<Evaluator> {
        let read: BTreeSet<&str> =
            expr.column_refs().into_iter().map(|column| column.name.as_str()).collect();
        let (mut fields, mut input, mut state) = (Vec::new(), Vec::new(), Vec::new());
        for (position, field) in self.input.fields().iter().enumerate() {
            if read.contains(field.name().as_str()) {
                input.push(position);
                fields.push(field.clone());
            }
        }
        for (step, slots) in self.slots.iter().enumerate() {
            for (name, slot) in slots.iter().filter(|(name, _)| read.contains(name.as_str())) {
                state.push((step, name.clone()));
                fields.push(slot.field.clone());
            }
        }
        let schema = Arc::new(Schema::new(fields));
        let names = DFSchema::try_from(schema.clone())?;
        let context = PhysicalPlanningContext::default();
        let expr = create_physical_expr(expr, &names, &ExecutionProps::new(), &context)?;
        Ok(Evaluator { expr, schema, input, state })
    }
}

struct Compiled {
    output: Output,
    /// What the condition asks of the row alone.
    of_row: Option<Evaluator>,
    /// What it asks of the row and the state.
    of_state: Option<Evaluator>,
    assignments: Vec<(usize, Evaluator)>,
}

/// The state of a step that has an active sequence: the rows that matched this and the steps before it.
#[derive(Clone)]
struct Sequence {
    number: i64,
    records: Vec<BTreeMap<String, ArrayRef>>,
}

/// A row that may yet turn out to be the last of its step.
struct Waiting {
    row: Row,
    extension: Extension,
}

enum Row {
    /// Of the batch at hand.
    Here(usize),
    /// Of an earlier one.
    Kept(RecordBatch),
}

/// What is added to a row.
#[derive(Clone)]
struct Extension {
    declared: Vec<ScalarValue>,
    number: i64,
}

struct ScanStream {
    steps: Vec<Compiled>,
    slots: Slots,
    /// The state of each step.
    sequences: Vec<Option<Sequence>>,
    /// For steps that give the last row only.
    waiting: Vec<Option<Waiting>>,
    defaults: Vec<ScalarValue>,
    /// For each declared column whether it is one of the input, and where that is, if anyone asks for it.
    replaced: Vec<Option<Option<usize>>>,
    numbered: bool,
    /// How many sequences have begun.
    matches: i64,
    input: SchemaRef,
    output: SchemaRef,
    ready: Option<RecordBatch>,
}

impl RowStream for ScanStream {
    fn push(&mut self, batch: RecordBatch) -> PlanResult<()> {
        let mut work = Batch::new(&batch, &self.steps)?;
        for row in 0..batch.num_rows() {
            for step in (0..self.steps.len()).rev() {
                self.visit(&mut work, row, step)?;
            }
        }
        let out = std::mem::take(&mut work.out);
        self.ready = self.assemble(&batch, out)?;
        for waiting in self.waiting.iter_mut().flatten() {
            if let Row::Here(row) = waiting.row {
                waiting.row = Row::Kept(copied_row(&batch, row)?);
            }
        }
        Ok(())
    }

    fn end(&mut self) -> PlanResult<()> {
        let mut rest: Vec<Waiting> = self.waiting.iter_mut().filter_map(Option::take).collect();
        rest.reverse();
        let none = RecordBatch::new_empty(self.input.clone());
        self.ready = self.assemble(&none, rest)?;
        Ok(())
    }

    fn next(&mut self) -> PlanResult<Option<RecordBatch>> {
        Ok(self.ready.take())
    }

    fn held_bytes(&self) -> usize {
        let kept = self.waiting.iter().flatten().map(|waiting| match &waiting.row {
            Row::Kept(batch) => batch.get_array_memory_size(),
            Row::Here(_) => 0,
        });
        let records = self.sequences.iter().flatten().flat_map(|sequence| &sequence.records);
        let state = records.flat_map(BTreeMap::values).map(|value| value.get_array_memory_size());
        kept.chain(state).sum()
    }
}

impl ScanStream {
    /// Holds a row against a step.
    fn visit(&mut self, work: &mut Batch, row: usize, step: usize) -> PlanResult<()> {
        let before = step.checked_sub(1).filter(|&before| self.sequences[before].is_some());
        let goes_on = step == 0 || self.sequences[step].is_some();
        if before.is_none() && !goes_on || !work.may_match(step, row) {
            return Ok(());
        }
        if let Some(before) = before
            && self.holds(work, row, step, self.sequences[before].as_ref())?
        {
            let Some(mut sequence) = self.sequences[before].take() else { return Ok(()) };
            let extension = self.extension(work, row, step, Some(&sequence), sequence.number)?;
            sequence.records.truncate(step);
            sequence.records.push(self.record(work.batch, row, step, &extension)?);
            self.sequences[step] = Some(sequence);
            // Both the sequence that moves on and the one whose place it takes have ended their steps.
            work.out.extend(self.waiting[before].take());
            work.out.extend(self.waiting[step].take());
            self.hand_on(work, row, step, extension);
            return Ok(());
        }
        if goes_on && self.holds(work, row, step, self.sequences[step].as_ref())? {
            let number = match &self.sequences[step] {
                Some(sequence) => sequence.number,
                None => {
                    self.matches += 1;
                    self.matches - 1
                }
            };
            let extension = self.extension(work, row, step, self.sequences[step].as_ref(), number)?;
            let record = self.record(work.batch, row, step, &extension)?;
            let sequence =
                self.sequences[step].get_or_insert_with(|| Sequence { number, records: Vec::new() });
            sequence.records.truncate(step);
            sequence.records.push(record);
            self.hand_on(work, row, step, extension);
        }
        Ok(())
    }

    fn hand_on(&mut self, work: &mut Batch, row: usize, step: usize, extension: Extension) {
        let matched = Waiting { row: Row::Here(row), extension };
        match self.steps[step].output {
            Output::All => work.out.push(matched),
            Output::Last => self.waiting[step] = Some(matched),
            Output::None => {}
        }
    }

    /// Whether the part of the condition that reads the state holds for a row and a state.
    fn holds(&self, work: &Batch, row: usize, step: usize, state: Option<&Sequence>) -> PlanResult<bool> {
        let Some(condition) = &self.steps[step].of_state else { return Ok(true) };
        let value = self.evaluate(condition, work.batch, row, state)?;
        Ok(matches!(value, ScalarValue::Boolean(Some(true))))
    }

    fn extension(
        &self,
        work: &mut Batch,
        row: usize,
        step: usize,
        state: Option<&Sequence>,
        number: i64,
    ) -> PlanResult<Extension> {
        let mut declared = self.defaults.clone();
        for (place, replaced) in declared.iter_mut().zip(&self.replaced) {
            if let Some(Some(position)) = replaced {
                *place = ScalarValue::try_from_array(work.batch.column(*position), row)?;
            }
        }
        for (index, (position, value)) in self.steps[step].assignments.iter().enumerate() {
            let value = match value.state.is_empty() {
                true => work.assigned(step, index, value, row)?,
                false => self.evaluate(value, work.batch, row, state)?,
            };
            if let Some(place) = declared.get_mut(*position) {
                *place = value;
            }
        }
        Ok(Extension { declared, number })
    }

    /// What the state of a step keeps of a row.
    fn record(
        &self,
        batch: &RecordBatch,
        row: usize,
        step: usize,
        extension: &Extension,
    ) -> PlanResult<BTreeMap<String, ArrayRef>> {
        let mut record = BTreeMap::new();
        for (name, slot) in &self.slots[step] {
            let value = match slot.origin {
                Origin::Input(position) => ScalarValue::try_from_array(batch.column(position), row)?,
                Origin::Declared(position) => extension.declared[position].clone(),
            };
            record.insert(name.clone(), value.to_array()?);
        }
        Ok(record)
    }

    fn evaluate(
        &self,
        evaluator: &Evaluator,
        batch: &RecordBatch,
        row: usize,
        state: Option<&Sequence>,
    ) -> PlanResult<ScalarValue> {
        let mut columns: Vec<ArrayRef> =
            evaluator.input.iter().map(|&position| batch.column(position).slice(row, 1)).collect();
        for (step, name) in &evaluator.state {
            let known =
                state.and_then(|sequence| sequence.records.get(*step)).and_then(|kept| kept.get(name));
            let empty = || self.slots.get(*step).and_then(|slots| slots.get(name)).map(|slot| &slot.empty);
            columns.extend(known.or_else(empty).cloned());
        }
        let options = RecordBatchOptions::new().with_row_count(Some(1));
        let batch = RecordBatch::try_new_with_options(evaluator.schema.clone(), columns, &options)?;
        match evaluator.expr.evaluate(&batch)? {
            ColumnarValue::Scalar(value) => Ok(value),
            ColumnarValue::Array(array) => ScalarValue::try_from_array(&array, 0),
        }
    }

    /// A batch of rows with what is added to them.
    fn assemble(&self, batch: &RecordBatch, rows: Vec<Waiting>) -> PlanResult<Option<RecordBatch>> {
        if rows.is_empty() {
            return Ok(None);
        }
        let mut sources = vec![batch];
        let mut places = Vec::with_capacity(rows.len());
        for row in &rows {
            places.push(match &row.row {
                Row::Here(row) => (0, *row),
                Row::Kept(kept) => {
                    sources.push(kept);
                    (sources.len() - 1, 0)
                }
            });
        }
        let mut columns = match self.input.fields().is_empty() {
            true => Vec::new(),
            false => interleave_record_batch(&sources, &places)?.columns().to_vec(),
        };
        for (position, replaced) in self.replaced.iter().enumerate() {
            let values = rows.iter().filter_map(|row| row.extension.declared.get(position).cloned());
            match replaced {
                None => columns.push(ScalarValue::iter_to_array(values)?),
                Some(Some(place)) => columns[*place] = ScalarValue::iter_to_array(values)?,
                Some(None) => {}
            }
        }
        if self.numbered {
            let numbers = rows.iter().map(|row| row.extension.number);
            columns.push(Arc::new(Int64Array::from_iter_values(numbers)));
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        Ok(Some(RecordBatch::try_new_with_options(self.output.clone(), columns, &options)?))
    }
}

/// A batch that is being scanned.
struct Batch<'b> {
    batch: &'b RecordBatch,
    /// For each step, the rows that its condition does not rule out by themselves; `None` for all.
    candidates: Vec<Option<ArrayRef>>,
    /// Assignments that read no state, once computed.
    assigned: BTreeMap<(usize, usize), ArrayRef>,
    out: Vec<Waiting>,
}

impl<'b> Batch<'b> {
    fn new(batch: &'b RecordBatch, steps: &[Compiled]) -> PlanResult<Self> {
        let candidates = steps
            .iter()
            .map(|step| step.of_row.as_ref().map(|condition| over_batch(condition, batch)).transpose())
            .collect::<PlanResult<Vec<_>>>()?;
        Ok(Batch { batch, candidates, assigned: BTreeMap::new(), out: Vec::new() })
    }

    fn may_match(&self, step: usize, row: usize) -> bool {
        match self.candidates.get(step) {
            Some(Some(candidates)) => {
                candidates.as_boolean_opt().is_some_and(|flags| flags.is_valid(row) && flags.value(row))
            }
            _ => true,
        }
    }

    fn assigned(
        &mut self,
        step: usize,
        index: usize,
        value: &Evaluator,
        row: usize,
    ) -> PlanResult<ScalarValue> {
        let values = match self.assigned.get(&(step, index)) {
            Some(values) => values.clone(),
            None => {
                let values = over_batch(value, self.batch)?;
                self.assigned.insert((step, index), values.clone());
                values
            }
        };
        ScalarValue::try_from_array(&values, row)
    }
}

/// The values of an expression that reads no state.
fn over_batch(evaluator: &Evaluator, batch: &RecordBatch) -> PlanResult<ArrayRef> {
    let columns = evaluator.input.iter().map(|&position| batch.column(position).clone()).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let columns = RecordBatch::try_new_with_options(evaluator.schema.clone(), columns, &options)?;
    evaluator.expr.evaluate(&columns)?.into_array(batch.num_rows())
}

/// A row that does not hold on to the buffers of its batch.
fn copied_row(batch: &RecordBatch, row: usize) -> PlanResult<RecordBatch> {
    let columns = batch
        .columns()
        .iter()
        .map(|column| ScalarValue::try_from_array(column, row)?.to_array())
        .collect::<PlanResult<Vec<_>>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(1));
    RecordBatch::try_new_with_options(batch.schema(), columns, &options).map_err(DataFusionError::from)
}
