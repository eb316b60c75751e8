namespace Siskin.Inference.Registry;

/// <summary>A version that was read and checked.</summary>
/// <param name="Servable">The model.</param>
/// <param name="Description">What its folder says of it.</param>
/// <param name="Hash">Over its files.</param>
/// <param name="Kind">What kind it is.</param>
/// <param name="Folder">Where it is.</param>
public sealed record LoadedModel(IServable Servable, ModelDescription Description, string Hash, string Kind, string Folder);
