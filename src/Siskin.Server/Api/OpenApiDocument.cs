namespace Siskin.Server.Api;

/// <summary>The description of the API in OpenAPI 3.1, kept as a file; tests hold it equal to the routes and readers.</summary>
internal static class OpenApiDocument
{
    public static ReadOnlyMemory<byte> Utf8 { get; } = Load();

    private static byte[] Load()
    {
        using var stream = typeof(OpenApiDocument).Assembly.GetManifestResourceStream("openapi.json")
            ?? throw new InvalidOperationException("The resource openapi.json is missing.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
