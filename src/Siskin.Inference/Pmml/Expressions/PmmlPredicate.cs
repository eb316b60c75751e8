using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Expressions;

/// <summary>Whether something holds for a row; null when a value that it needs is missing.</summary>
internal delegate bool? PmmlPredicate(PmmlFrame frame);
