using Siskin.Inference.Ranking;
using Siskin.Vectors;

namespace Siskin.Inference.Registry;

/// <summary>Reads versions of models of all kinds.</summary>
/// <param name="loaders">For the kinds; the first that recognises a folder loads it.</param>
public sealed class ModelLoader(IReadOnlyList<IServableLoader> loaders)
{
    /// <summary>Loads the model of a folder, its files checked.</summary>
    /// <exception cref="ModelFormatException">It cannot be used; says where and why. Nothing stays loaded.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public LoadedModel Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
        {
            throw new ModelFormatException(folder, -1, "there is no such folder");
        }

        var (description, hash) = ModelFolder.Check(folder);
        var loader = loaders.FirstOrDefault(loader => description.Kind.Length > 0 ? loader.Kind == description.Kind : loader.Recognises(folder))
            ?? throw new ModelFormatException(folder, -1, description.Kind.Length > 0
                ? $"models of the kind '{description.Kind}' are not known, only {string.Join(", ", loaders.Select(loader => loader.Kind))}"
                : $"it holds no model of the kinds {string.Join(", ", loaders.Select(loader => loader.Kind))}");
        try
        {
            var servable = loader.Load(folder);
            try
            {
                // What the model does not have is found now, not by the first request.
                FeatureMapping.Read(folder)?.CheckAgainst(servable, Path.Combine(folder, FeatureMapping.FileName));
            }
            catch
            {
                servable.Dispose();
                throw;
            }

            return new LoadedModel(servable, description, hash, loader.Kind, folder);
        }
        catch (Exception e) when (e is not (ModelFormatException or IOException or OutOfMemoryException))
        {
            // A reader that trips over a file says so as one that refuses it does.
            throw new ModelFormatException(folder, -1, $"{e.GetType().Name}: {e.Message}");
        }
    }
}
