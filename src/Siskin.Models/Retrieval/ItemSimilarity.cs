namespace Siskin.Models.Retrieval;

/// <summary>How <see cref="ItemNeighbours"/> turns weighted co-occurrence into similarity.</summary>
public enum ItemSimilarity
{
    /// <summary>c_ij / (‖i‖·‖j‖ + shrinkage): the cosine of the two item columns, shrunk.</summary>
    Cosine,

    /// <summary>
    /// c_ij / (n_i^β · n_j^α + shrinkage), n the item's number of users: at β = 1 the share of i's users who also have j,
    /// damped by j's popularity (Deshpande and Karypis 2004, section 4.1.2). Not symmetric: i is the item in the history,
    /// j the neighbour. With β = 1 and users who count 1 / n it is the random walk RP3β of Paudel et al. 2017.
    /// </summary>
    PopularityDamped,
}
