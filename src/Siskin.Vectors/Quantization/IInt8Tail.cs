namespace Siskin.Vectors.Quantization;

/// <summary>How the dot product of a row's codes becomes its score; chosen when the code is compiled.</summary>
internal unsafe interface IInt8Tail
{
    /// <summary>The score of a row.</summary>
    /// <param name="dot">Σ weight · code.</param>
    /// <param name="tail">The numbers behind the row's codes.</param>
    /// <param name="query">The three numbers at the head of the prepared query.</param>
    static abstract float Finish(int dot, float* tail, float* query);
}
