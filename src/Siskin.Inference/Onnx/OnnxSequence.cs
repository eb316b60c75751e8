namespace Siskin.Inference.Onnx;

/// <summary>A sequence as the exported model has it: padded to the longest of the batch.</summary>
/// <param name="Ids">Ids of its elements, n × length; 0 where there is none, so that tables can be read.</param>
/// <param name="IsElement">Whether there is one, n × length × 1.</param>
internal readonly record struct OnnxSequence(string Ids, string IsElement);
