namespace Siskin.Vectors.Advice;

/// <summary>Where whole vectors are kept beside compressed ones.</summary>
internal enum HnswOriginals
{
    /// <summary>Nowhere: what is found is scored by the compressed ones alone.</summary>
    None,

    /// <summary>In memory.</summary>
    Memory,

    /// <summary>In the index file, which the system keeps in memory as far as there is room.</summary>
    File,
}
