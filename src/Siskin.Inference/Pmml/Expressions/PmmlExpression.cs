using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Expressions;

/// <summary>Computes a value of a row.</summary>
internal delegate PmmlValue PmmlExpression(PmmlFrame frame);
