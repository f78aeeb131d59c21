//! From an accumulator to DataFusion's `AggregateUDF`: the one place that meets the engine's trait.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, Expr, GroupsAccumulator, Signature, Volatility,
};

/// Makes an empty accumulator.
pub type Make = Arc<dyn Fn() -> Box<dyn Groups> + Send + Sync>;

/// An accumulator over many groups that may also be shared between threads.
pub trait Groups: GroupsAccumulator + Sync {}

impl<G: GroupsAccumulator + Sync> Groups for G {}

/// What an aggregate needs in order to run.
pub struct Udaf {
    /// Two aggregates of one name are the same: it holds the function, the types and the constants.
    pub name: String,
    /// The type of the result.
    pub returns: DataType,
    /// The types of the columns in which a partial result travels.
    pub state: Vec<DataType>,
    /// Makes an empty accumulator.
    pub make: Make,
}

impl Udaf {
    /// An aggregate expression over the arguments.
    pub fn call(self, args: Vec<Expr>) -> Expr {
        let udaf = Arc::new(AggregateUDF::from(Registered {
            udaf: self,
            signature: Signature::variadic_any(Volatility::Immutable),
        }));
        Expr::AggregateFunction(AggregateFunction::new_udf(udaf, args, false, None, vec![], None))
    }
}

struct Registered {
    udaf: Udaf,
    signature: Signature,
}

impl std::fmt::Debug for Registered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.udaf.name)
    }
}

impl PartialEq for Registered {
    fn eq(&self, other: &Self) -> bool {
        self.udaf.name == other.udaf.name && self.udaf.returns == other.udaf.returns
    }
}

impl Eq for Registered {}

impl Hash for Registered {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.udaf.name.hash(state);
        self.udaf.returns.hash(state);
    }
}

impl AggregateUDFImpl for Registered {
    fn name(&self) -> &str {
        &self.udaf.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(types.to_vec())
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(self.udaf.returns.clone())
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let field = |(index, ty): (usize, &DataType)| {
            let name = format_state_name(args.name, &format!("state{index}"));
            Arc::new(Field::new(name, ty.clone(), true))
        };
        Ok(self.udaf.state.iter().enumerate().map(field).collect())
    }

    fn accumulator(&self, _args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(SingleGroup { groups: (self.udaf.make)(), zeros: Vec::new() }))
    }

    fn groups_accumulator_supported(&self, _args: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(&self, _args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        let groups: Box<dyn GroupsAccumulator> = (self.udaf.make)();
        Ok(groups)
    }
}

/// An accumulator of groups with a single group, for aggregation without keys.
struct SingleGroup {
    groups: Box<dyn Groups>,
    zeros: Vec<usize>,
}

impl SingleGroup {
    fn grow(&mut self, values: &[ArrayRef]) {
        let rows = values.first().map_or(0, |array| array.len());
        self.zeros.resize(rows, 0);
    }
}

impl std::fmt::Debug for SingleGroup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SingleGroup")
    }
}

impl Accumulator for SingleGroup {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.grow(values);
        self.groups.update_batch(values, &self.zeros, None, 1)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        // Without a row there is no group yet.
        self.groups.update_batch(&[], &[], None, 1)?;
        ScalarValue::try_from_array(&self.groups.evaluate(EmitTo::All)?, 0)
    }

    fn size(&self) -> usize {
        self.groups.size() + self.zeros.capacity() * size_of::<usize>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.groups.update_batch(&[], &[], None, 1)?;
        let state = self.groups.state(EmitTo::All)?;
        state.iter().map(|array| ScalarValue::try_from_array(array, 0)).collect()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.grow(states);
        self.groups.merge_batch(states, &self.zeros, 1)
    }
}
