//! From an overload to DataFusion's `ScalarUDF`: the one place that meets the engine's trait.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use crate::column::Input;
use crate::function::Kernel;
use crate::memo;

/// A kernel under a name that is unique in the library: the function's name and the number of the overload.
pub struct KernelUdf {
    name: String,
    returns: DataType,
    signature: Signature,
    kernel: Kernel,
}

impl KernelUdf {
    /// An expression that applies the kernel.
    pub fn call(name: String, kernel: Kernel, returns: DataType, volatile: bool, args: Vec<Expr>) -> Expr {
        let volatility = if volatile { Volatility::Volatile } else { Volatility::Immutable };
        let signature = match args.is_empty() {
            true => Signature::nullary(volatility),
            false => Signature::variadic_any(volatility),
        };
        ScalarUDF::from(KernelUdf { name, returns, signature, kernel }).call(args)
    }
}

impl std::fmt::Debug for KernelUdf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl PartialEq for KernelUdf {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.returns == other.returns
    }
}

impl Eq for KernelUdf {}

impl Hash for KernelUdf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        self.returns.hash(state);
    }
}

impl ScalarUDFImpl for KernelUdf {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(types.to_vec())
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(self.returns.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let inputs = args.args.iter().map(Input::new).collect::<Result<Vec<_>>>()?;
        let volatile = self.signature.volatility == Volatility::Volatile;
        if !volatile && inputs.iter().all(Input::is_scalar) {
            let result = (self.kernel)(&inputs, 1)?;
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&result, 0)?));
        }
        let result = if volatile {
            (self.kernel)(&inputs, args.number_rows)?
        } else {
            memo::run(&self.kernel, inputs, args.number_rows)?
        };
        Ok(ColumnarValue::Array(result))
    }
}

/// The next argument of a kernel; an error when the planner gave too few.
pub fn next_input<'a>(inputs: &mut std::slice::Iter<'a, Input>) -> Result<&'a Input> {
    inputs.next().ok_or_else(|| DataFusionError::Internal("a kernel was given too few arguments".into()))
}

/// Wraps a closure as a kernel.
pub fn kernel(
    run: impl Fn(&[Input], usize) -> Result<datafusion::arrow::array::ArrayRef> + Send + Sync + 'static,
) -> Kernel {
    Arc::new(run)
}
