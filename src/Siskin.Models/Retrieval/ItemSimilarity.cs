namespace Siskin.Models.Retrieval;

/// <summary>How <see cref="ItemNeighbours"/> turns weighted co-occurrence into similarity.</summary>
public enum ItemSimilarity
{
    /// <summary>c_ij / (‖i‖·‖j‖ + shrinkage): the cosine of the two item columns, shrunk.</summary>
    Cosine,

    /// <summary>
    /// c_ij / (n_i · n_j^α + shrinkage), n the item's number of users: the share of i's users who also have j, damped by
    /// j's popularity (Deshpande and Karypis 2004, equation 4). Not symmetric: i is the item in the history, j the
    /// neighbour.
    /// </summary>
    PopularityDamped,
}
