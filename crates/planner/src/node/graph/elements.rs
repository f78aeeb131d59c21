//! The nodes and edges of a graph from their tables: identities become row numbers, rows of one node become one.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, StringViewArray, new_null_array};
use datafusion::arrow::compute::interleave;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::error::{DataFusionError, Result as PlanResult};

use super::neighbours::Neighbours;
use super::{DEGREE_IN, DEGREE_OUT, GraphQuery, ID, Property, components};

/// A graph with the tables of its nodes and edges.
pub(super) struct Elements {
    /// Who is connected with whom.
    pub graph: Arc<Neighbours>,
    /// A row for each node: its properties, what it is marked with, its identity and its degrees.
    pub nodes: RecordBatch,
    /// The rows of edges.
    pub edges: RecordBatch,
}

/// Where a value lies: the array and the row.
type Place = (usize, usize);

/// Numbers for identities, in the order in which they first appear.
struct Numbers {
    converter: RowConverter,
    known: HashMap<Box<[u8]>, u32>,
    /// Where each node's identity was first seen.
    first: Vec<Place>,
}

impl Numbers {
    fn new(types: Vec<DataType>) -> PlanResult<Self> {
        let fields = types.into_iter().map(SortField::new).collect();
        Ok(Numbers { converter: RowConverter::new(fields)?, known: HashMap::new(), first: Vec::new() })
    }

    /// The numbers of the nodes that a column names, which is array number `array`.
    fn of(&mut self, columns: &[ArrayRef], array: usize) -> PlanResult<Vec<u32>> {
        let rows = self.converter.convert_columns(columns)?;
        let mut numbers = Vec::with_capacity(rows.num_rows());
        for (place, row) in rows.iter().enumerate() {
            numbers.push(self.number(row.as_ref(), (array, place))?);
        }
        Ok(numbers)
    }

    /// The numbers of the nodes at both ends of edges, counted edge by edge.
    fn of_ends(
        &mut self,
        source: &[ArrayRef],
        target: &[ArrayRef],
        array: usize,
    ) -> PlanResult<(Vec<u32>, Vec<u32>)> {
        let sources = self.converter.convert_columns(source)?;
        let targets = self.converter.convert_columns(target)?;
        let mut numbers = (Vec::with_capacity(sources.num_rows()), Vec::with_capacity(targets.num_rows()));
        for (place, (source, target)) in sources.iter().zip(targets.iter()).enumerate() {
            numbers.0.push(self.number(source.as_ref(), (array, place))?);
            numbers.1.push(self.number(target.as_ref(), (array + 1, place))?);
        }
        Ok(numbers)
    }

    fn number(&mut self, key: &[u8], place: Place) -> PlanResult<u32> {
        if let Some(number) = self.known.get(key) {
            return Ok(*number);
        }
        let number = u32::try_from(self.first.len()).map_err(|_| too_large())?;
        self.known.insert(key.into(), number);
        self.first.push(place);
        Ok(number)
    }
}

fn too_large() -> DataFusionError {
    DataFusionError::ResourcesExhausted("a graph has more than 4294967295 nodes or edges".into())
}

impl Elements {
    /// Builds the graph of a query from its inputs: the edges, then the tables of nodes.
    pub(super) fn new(query: &GraphQuery, edges: RecordBatch, tables: &[RecordBatch]) -> PlanResult<Self> {
        u32::try_from(edges.num_rows()).map_err(|_| too_large())?;
        // A table's first columns are its identities and, behind them, the partition.
        let identity = |batch: &RecordBatch, column: usize, partition: usize| {
            let mut columns = vec![batch.column(column).clone()];
            columns.extend(query.partitioned.then(|| batch.column(partition).clone()));
            columns
        };
        let source = identity(&edges, 0, 2);
        let target = identity(&edges, 1, 2);
        let types = source.iter().map(|column| column.data_type().clone()).collect();
        let mut numbers = Numbers::new(types)?;
        let mut ids: Vec<ArrayRef> = Vec::new();
        let mut of_tables = Vec::new();
        for (number, table) in tables.iter().enumerate() {
            of_tables.push(numbers.of(&identity(table, 0, 1), number)?);
            ids.push(table.column(0).clone());
        }
        let (sources, targets) = numbers.of_ends(&source, &target, tables.len())?;
        ids.extend([source[0].clone(), target[0].clone()]);
        let count = numbers.first.len();
        let graph = Arc::new(Neighbours::new(count, sources, targets));

        let mut fields = Vec::new();
        let mut columns = Vec::new();
        for property in &query.properties {
            columns.push(merged(property, tables, &of_tables, &ids, &numbers.first)?);
            fields.push(Field::new(&property.name, property.ty.clone(), true));
        }
        for mark in &query.marks {
            let component = match mark.strong {
                true => components::strong(&graph),
                false => components::weak(&graph),
            };
            columns.push(Arc::new(Int64Array::from(component)));
            fields.push(Field::new(&mark.name, DataType::Int64, true));
        }
        let id = select(&ids, &numbers.first)?;
        fields.push(Field::new(ID, id.data_type().clone(), true));
        columns.push(id);
        let degrees = |degree: fn(&Neighbours, u32) -> usize| -> ArrayRef {
            Arc::new(Int64Array::from_iter_values((0..count as u32).map(|node| degree(&graph, node) as i64)))
        };
        for (name, degree) in
            [(DEGREE_IN, Neighbours::degree_in as fn(&_, _) -> _), (DEGREE_OUT, Neighbours::degree_out)]
        {
            fields.push(Field::new(name, DataType::Int64, true));
            columns.push(degrees(degree));
        }
        let nodes = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?;
        Ok(Elements { graph, nodes, edges })
    }

    /// The bytes of the graph and its tables.
    pub(super) fn bytes(&self) -> usize {
        Neighbours::bytes(self.graph.nodes(), self.graph.edges())
            + self.nodes.get_array_memory_size()
            + self.edges.get_array_memory_size()
    }
}

/// A property of every node: the first value that any row of the node has.
fn merged(
    property: &Property,
    tables: &[RecordBatch],
    of_tables: &[Vec<u32>],
    ids: &[ArrayRef],
    first: &[Place],
) -> PlanResult<ArrayRef> {
    let nothing: ArrayRef = match property.is_text {
        true => Arc::new(StringViewArray::from(vec![""])),
        false => new_null_array(&property.ty, 1),
    };
    let mut arrays = vec![nothing];
    let mut chosen: Vec<Place> = vec![(0, 0); first.len()];
    let mut in_tables = 0;
    for (table, nodes) in tables.iter().zip(of_tables) {
        let Some(column) = table.column_by_name(&property.name) else { continue };
        in_tables += 1;
        arrays.push(column.clone());
        for (row, &node) in nodes.iter().enumerate() {
            let chosen = &mut chosen[node as usize];
            if chosen.0 == 0 && !is_missing(column, row, property.is_text) {
                *chosen = (arrays.len() - 1, row);
            }
        }
    }
    if property.is_key {
        // What a node that only an edge names has in either of two keys is not documented.
        if in_tables < tables.len() && first.iter().any(|(array, _)| *array >= tables.len()) {
            let message = format!(
                "an edge leads to a node that neither table of nodes has, and whether it has the property `{}` is not \
                 settled: give both tables the same key column, or the node a row",
                property.name
            );
            return Err(DataFusionError::NotImplemented(message));
        }
        let before = arrays.len();
        arrays.extend(ids.iter().cloned());
        for (chosen, &(array, row)) in chosen.iter_mut().zip(first) {
            if chosen.0 == 0 && (array >= tables.len() || in_tables == tables.len()) {
                *chosen = (before + array, row);
            }
        }
    }
    select(&arrays, &chosen)
}

fn is_missing(column: &ArrayRef, row: usize, is_text: bool) -> bool {
    column.is_null(row)
        || (is_text && column.as_string_view_opt().is_some_and(|texts| texts.value(row).is_empty()))
}

fn select(arrays: &[ArrayRef], places: &[Place]) -> PlanResult<ArrayRef> {
    let arrays: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
    Ok(interleave(&arrays, places)?)
}
