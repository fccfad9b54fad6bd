"""Questions that lean on the one before, and questions that stand alone, by language: one a line."""

from __future__ import annotations

FOLLOW_UPS = {
    "fr": """
Et en 2024 ?
Et Mistral ?
Et l'année suivante ?
Pourquoi ?
Comment ça ?
Combien ?
Depuis quand ?
Et sous quelle licence ?
Combien d'entre eux sont actifs ?
Quand l'a-t-il retirée ?
Qui l'a décidé ?
Où ça ?
Et pour les entreprises ?
Quelle est sa taille ?
Lequel est le plus récent ?
Est-ce que c'est gratuit ?
C'est vrai ?
Combien coûte-t-il ?
Quel est le plus gros des deux ?
Et le deuxième ?
Peux-tu me donner plus de détails ?
Tu en es sûr ?
Qu'est-ce que cela change ?
Que répond-elle ?
Qui d'autre ?
Quels sont leurs avantages ?
Et avant ?
Même question pour Meta
Sont-ils ouverts ?
Dans quel pays ?
Qu'en pense Elon Musk ?
Combien y en a-t-il ?
Quelle en est la raison ?
À quelle date ?
Et s'il refuse ?
Explique
Résume
Non, je parle de Meta
Y a-t-il d'autres exemples ?
Quand y est-il entré ?
Et chez Google ?
Et en Allemagne ?
Et pour les PME ?
Pour combien de temps ?
À quel prix ?
Avec qui ?
Et ensuite ?
Et maintenant ?
Qui en est l'auteur ?
Quel est son nom ?
Qui les a signés ?
Quand est-elle entrée en vigueur ?
Sera-t-elle appliquée en 2026 ?
Que prévoit-elle ?
Que contient ce texte ?
Est-ce légal ?
Pourquoi a-t-il refusé ?
Quel en est le montant ?
Ont-ils gagné ?
Lesquels ?
Laquelle ?
Donne-moi plus de détails
Peux-tu résumer ?
D'où vient ce chiffre ?
Et le prix ?
Qui est-ce ?
De quand date-t-il ?
Quelles en sont les conséquences ?
Comment l'expliquer ?
""",
    "en": """
And in 2024?
And Mistral?
What about the year after?
Why?
How so?
How many?
Since when?
Under which licence?
How many of them are active?
When did he withdraw it?
Who decided that?
Where?
And for companies?
How big is it?
Which one is the most recent?
Is it free?
Is that true?
How much does it cost?
Which of the two is bigger?
And the second one?
Can you give me more details?
Are you sure?
What does this change?
What did she answer?
Who else?
What are their advantages?
And before that?
Same question for Meta
Are they open?
In which country?
What does Elon Musk think of it?
How much money may it cost?
And Llama 3.1?
And how much was reported in January 2023?
What's the reason?
On what date?
And if he refuses?
Explain
No, I mean Meta
Any other examples?
What was the first one?
When did it happen?
And Google?
And in Germany?
And for small companies?
For how long?
At what price?
With whom?
And then?
And now?
Who wrote it?
What is his name?
Who signed them?
When did it come into force?
Will it apply in 2026?
What does it provide for?
What is in this text?
Is it legal?
Why did he refuse?
How large was it?
Did they win?
Which ones?
Which one?
Give me more details
Can you summarise?
Where does that figure come from?
And the price?
Who is that?
What are its consequences?
How can that be explained?
How do they compare?
""",
    "es": """
¿Y en 2024?
¿Y Mistral?
¿Y la piscina de Cenon?
¿Y para las empresas?
¿Por qué?
¿Cuándo?
¿Cuántos?
Dime más
Más detalles
Pero ¿y los precios?
¿Cuál es su licencia?
¿Qué dice de ella?
¿Qué pasa con Mistral?
¿De dónde es su director?
¿Qué cambia eso?
¿Cuánto cuesta ese modelo?
""",
}

STAND_ALONE = {
    "fr": """
Qui a fondé OpenAI ?
Quel droit Microsoft garde-t-il sur la puissance de calcul d'OpenAI ?
Combien de paramètres a gpt-oss-20b ?
Qu'est-ce qu'un modèle ouvert ?
Quand Elon Musk a-t-il déposé sa première plainte contre OpenAI ?
Sous quelle licence DeepSeek-R1 est-il diffusé ?
Que dit le règlement européen sur l'IA ?
Pourquoi OpenAI a-t-elle repoussé son modèle ouvert ?
Comment héberger un modèle soi-même ?
Où se trouve le siège de Mistral ?
Quels sont les avantages des modèles ouverts ?
Est-il interdit de fumer dans un café ?
Que faut-il pour utiliser Ollama ?
Existe-t-il une définition de l'open source ?
Qui dirige OpenAI et depuis quand ?
Quelle est la différence entre poids ouverts et code ouvert ?
Combien de fois Llama a-t-il été téléchargé ?
Les modèles de Meta sont-ils ouverts ?
Le gouvernement a-t-il publié son rapport ?
La France a-t-elle voté la loi ?
Combien coûte un GPU H100 ?
Quel est le prix du pain ?
Donne les dates de publication de Llama
Résume l'article sur Stargate
Explique le droit de premier refus
Et si OpenAI perd son procès contre Musk, que devient Microsoft ?
Mais pourquoi Microsoft a-t-elle investi dans OpenAI ?
Qu'a dit Sam Altman sur Reddit ?
Quels modèles sont sous licence Apache ?
Que se passe-t-il quand un modèle est retiré ?
licence DeepSeek
Stargate
règlement européen IA
Qui sont les auteurs de la loi ?
Combien de personnes travaillent chez Mistral ?
Dans quel pays Mistral est-elle installée ?
À quelle date Llama 3.1 est-il sorti ?
Combien y a-t-il de modèles ouverts ?
Quelle est la raison du report ?
Que pense Elon Musk d'OpenAI ?
Comment ça marche, un modèle de langage ?
Ça coûte combien d'héberger un modèle ?
Quel ministre a démissionné et pourquoi ?
Cette loi européenne sur l'IA, que dit-elle ?
Qui a signé l'accord entre OpenAI et Microsoft ?
Quel est le montant de l'investissement de Microsoft ?
Quand le règlement sur l'IA est-il entré en vigueur ?
Comment expliquer l'essor de DeepSeek ?
Quelles entreprises utilisent leurs propres modèles ?
Quels sont les risques de l'IA ?
Est-ce que Meta publie ses poids ?
Pourquoi les prix baissent-ils ?
Y a-t-il des modèles français ?
Combien existe-t-il de versions de Llama ?
Quelle loi s'applique aux modèles ouverts ?
À quoi sert la distillation ?
De quoi parle l'article sur Reddit ?
Avec qui Mistral a-t-elle signé un partenariat ?
Depuis quand Llama est-il gratuit ?
Que signifie "it" en anglais ?
Peut-on utiliser gpt-oss sur un ordinateur portable ?
Faut-il un GPU pour gpt-oss ?
Est-il vrai que Musk a retiré sa plainte ?
Quels sont les deux modèles publiés par OpenAI ?
L'autre modèle de Meta est-il ouvert ?
Dans quelles conditions Microsoft peut-il refuser ?
Sous quelles conditions la licence est-elle valable ?
Quel président a signé sa propre grâce ?
Qui a dit que c'est impossible ?
Le modèle que Meta a publié est-il ouvert ?
Où en est le projet Stargate ?
Quelle entreprise a perdu ses procès ?
Que devient OpenAI ?
""",
    "en": """
Who founded OpenAI?
What right does Microsoft keep over OpenAI's computing capacity?
How many parameters does gpt-oss-20b have?
What is an open model?
When did Elon Musk file his first complaint against OpenAI?
Under which licence is DeepSeek-R1 distributed?
What does the European regulation on AI say?
Why did OpenAI postpone its open model?
How do I host a model myself?
Where is Mistral based?
What are the advantages of open models?
Is it illegal to smoke in a cafe?
What is needed to run Ollama?
Is there a definition of open source?
Who leads OpenAI and since when?
What is the difference between open weights and open source?
How many times has Llama been downloaded?
Are Meta's models open?
Did the government publish its report?
How much does an H100 GPU cost?
What is the price of bread?
Give the release dates of Llama
Summarise the article on Stargate
Explain the right of first refusal
And if OpenAI loses the trial against Musk, what becomes of Microsoft?
But why did Microsoft invest in OpenAI?
What did Sam Altman say on Reddit?
Which models have an Apache licence?
What happens when a model is withdrawn?
DeepSeek licence
Stargate
European AI regulation
So what is the Stargate project?
Does the company that made ChatGPT own its chips?
What is the reason for the postponement?
In which country is Mistral based?
On what date was Llama 3.1 released?
How does it feel to run a marathon?
What does this regulation on AI in Europe say?
Is that a good idea to use open models?
Who said "they will not win"?
How much does it cost to host a model?
Or else what happens to Mistral?
Who signed the agreement between OpenAI and Microsoft?
What is the amount of Microsoft's investment?
When did the AI regulation come into force?
How can the rise of DeepSeek be explained?
Which companies use their own models?
What are the risks of AI?
Does Meta publish its weights?
Why are prices falling?
Are there French models?
How many versions of Llama are there?
Which law applies to open models?
What is distillation for?
What is the article on Reddit about?
With whom did Mistral sign a partnership?
Since when has Llama been free?
How about a summary of the Stargate article and its costs?
What does "ils" mean in French?
Can gpt-oss run on a laptop?
Is it true that Musk withdrew his complaint?
Which two models did OpenAI publish?
Is the other model by Meta open?
Under which conditions may Microsoft refuse?
Which president signed his own pardon?
Who said that it is impossible?
Is the model that Meta published open?
Where does the Stargate project stand?
Which company lost its trials?
What becomes of OpenAI?
What was the point that Sam Altman made on Reddit?
Who owns the company that built this site in 2019?
""",
    "es": """
¿Cuánto costó la reparación del puente de Lormont?
¿Y cuánto costó el puente de Lormont?
¿Quién dirige el museo y su jardín?
¿Qué publicó Meta en 2024 y cuál es su licencia?
¿Cuándo abrió la biblioteca municipal?
¿Por qué cerró la piscina de Cenon?
Resume los artículos sobre este puente de Lormont
¿Cuántos artículos hay?
¿Qué pasó este año?
Compara el puente de Lormont y la piscina de Cenon
""",
}
