<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en">
<context>
    <name>@default</name>
    <message>
        <source>3  Adapt</source>
        <translation>3  Adapter</translation>
    </message>
    <message>
        <source>Adapt</source>
        <translation>Adapter</translation>
    </message>
    <message>
        <source>Learn from what is drawn</source>
        <translation>Apprendre de ce qui est dessiné</translation>
    </message>
    <message>
        <source>Load…</source>
        <translation>Charger…</translation>
    </message>
    <message>
        <source>Use a model from a file</source>
        <translation>Utiliser un modèle depuis un fichier</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Enregistrer…</translation>
    </message>
    <message>
        <source>Keep this model for other images</source>
        <translation>Garder ce modèle pour d&apos;autres images</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>non mesuré</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>Avancé</translation>
    </message>
    <message>
        <source>Weights (*.safetensors *.pth)</source>
        <translation>Poids (*.safetensors *.pth)</translation>
    </message>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
    <message>
        <source>as chosen above</source>
        <translation>voir ci-dessus</translation>
    </message>
    <message>
        <source> m</source>
        <translation> m</translation>
    </message>
    <message>
        <source>for example 3,2,1</source>
        <translation>par exemple 3,2,1</translation>
    </message>
    <message>
        <source>Start afresh, not from the last model</source>
        <translation>Repartir de zéro, sans le dernier modèle</translation>
    </message>
    <message>
        <source>Fast, 20 s</source>
        <translation>Rapide, 20 s</translation>
    </message>
    <message>
        <source>Balanced, 1 min</source>
        <translation>Équilibré, 1 min</translation>
    </message>
    <message>
        <source>Best, 5 min</source>
        <translation>Le meilleur, 5 min</translation>
    </message>
    <message>
        <source>No model yet.</source>
        <translation>Pas encore de modèle.</translation>
    </message>
    <message>
        <source>Backbone</source>
        <translation>Backbone</translation>
    </message>
    <message>
        <source>Its weights</source>
        <translation>Ses poids</translation>
    </message>
    <message>
        <source>Adapter</source>
        <translation>Adaptateur</translation>
    </message>
    <message>
        <source>Budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>GSD</source>
        <translation>Résolution au sol</translation>
    </message>
    <message>
        <source>Bands</source>
        <translation>Bandes</translation>
    </message>
    <message>
        <source>held-out IoU {}</source>
        <translation>IoU de la zone témoin {}</translation>
    </message>
    <message>
        <source>{}: {} of {} found, {} false (F1 {} to {})</source>
        <translation>{} : {} sur {} trouvés, {} faux (F1 de {} à {})</translation>
    </message>
    <message>
        <source>default {}</source>
        <translation>par défaut {}</translation>
    </message>
    <message>
        <source>{} m²</source>
        <translation>{} m²</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>Classe</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>Objets</translation>
    </message>
    <message>
        <source>Area</source>
        <translation>Surface</translation>
    </message>
    <message>
        <source>Double click to choose another colour</source>
        <translation>Double-clic pour choisir une autre couleur</translation>
    </message>
    <message>
        <source>Colour of the class</source>
        <translation>Couleur de la classe</translation>
    </message>
    <message>
        <source>{} ha</source>
        <translation>{} ha</translation>
    </message>
    <message>
        <source>Key {} draws this class; double click to rename it</source>
        <translation>La touche {} dessine cette classe ; double-clic pour la renommer</translation>
    </message>
    <message>
        <source>WEFT</source>
        <translation>WEFT</translation>
    </message>
    <message>
        <source>Set up engine…</source>
        <translation>Installer le moteur…</translation>
    </message>
    <message>
        <source>Install what WEFT computes with</source>
        <translation>Installer ce avec quoi WEFT calcule</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Aide</translation>
    </message>
    <message>
        <source>Open the guide</source>
        <translation>Ouvrir le guide</translation>
    </message>
    <message>
        <source>Draw a polygon: click its corners, right click to finish</source>
        <translation>Dessiner un polygone : cliquer les sommets, clic droit pour finir</translation>
    </message>
    <message>
        <source>Draw a rectangle: drag, or click two corners</source>
        <translation>Dessiner un rectangle : glisser, ou cliquer deux coins</translation>
    </message>
    <message>
        <source>Paint: drag; Shift and wheel change the width</source>
        <translation>Peindre : glisser ; Maj et molette changent la largeur</translation>
    </message>
    <message>
        <source>Area: a rectangle inside which every object is labelled</source>
        <translation>Zone : un rectangle où chaque objet est dessiné</translation>
    </message>
    <message>
        <source>Erase labels; areas that are covered wholly go too</source>
        <translation>Effacer ; les zones entièrement couvertes disparaissent aussi</translation>
    </message>
    <message>
        <source>1  Image</source>
        <translation>1  Image</translation>
    </message>
    <message>
        <source>Save this extent as a raster…</source>
        <translation>Enregistrer l&apos;emprise en raster…</translation>
    </message>
    <message>
        <source>Export what the map shows of this layer as a GeoTIFF, and use that</source>
        <translation>Exporter en GeoTIFF ce que la carte montre de cette couche, et l&apos;utiliser</translation>
    </message>
    <message>
        <source>Add a raster layer to the project: an orthophoto, for example.</source>
        <translation>Ajoutez une couche raster au projet : une orthophoto, par exemple.</translation>
    </message>
    <message>
        <source>2  Labels</source>
        <translation>2  Exemples</translation>
    </message>
    <message>
        <source> px</source>
        <translation> px</translation>
    </message>
    <message>
        <source>Width of brush and eraser; Shift and the mouse wheel change it too</source>
        <translation>Largeur du pinceau et de la gomme ; aussi par Maj et molette</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>Fichier…</translation>
    </message>
    <message>
        <source>Keep labels and areas in another GeoPackage</source>
        <translation>Garder exemples et zones dans un autre GeoPackage</translation>
    </message>
    <message>
        <source>Add class</source>
        <translation>Nouvelle classe</translation>
    </message>
    <message>
        <source>Name, such as building or ship:</source>
        <translation>Nom, par exemple bâtiment ou navire :</translation>
    </message>
    <message>
        <source>Add class…</source>
        <translation>Nouvelle classe…</translation>
    </message>
    <message>
        <source>Another kind of object to draw and find</source>
        <translation>Une autre sorte d&apos;objets à dessiner et à trouver</translation>
    </message>
    <message>
        <source>Delete class</source>
        <translation>Supprimer la classe</translation>
    </message>
    <message>
        <source>The class and its labels</source>
        <translation>La classe et ses exemples</translation>
    </message>
    <message>
        <source>Ready to adapt.</source>
        <translation>Prêt à adapter.</translation>
    </message>
    <message>
        <source>The file is made with the first label.</source>
        <translation>Le fichier est créé avec le premier exemple.</translation>
    </message>
    <message>
        <source>A class needs a name.</source>
        <translation>Une classe a besoin d&apos;un nom.</translation>
    </message>
    <message>
        <source>There is a class of this name already.</source>
        <translation>Il y a déjà une classe de ce nom.</translation>
    </message>
    <message>
        <source>{} is shown where its probability is at least {}.</source>
        <translation>{} est affiché là où sa probabilité atteint {}.</translation>
    </message>
    <message>
        <source>4  Look</source>
        <translation>4  Regarder</translation>
    </message>
    <message>
        <source>Preview view</source>
        <translation>Aperçu de la vue</translation>
    </message>
    <message>
        <source>Predict what the map shows now</source>
        <translation>Prédire ce que la carte montre</translation>
    </message>
    <message>
        <source>Predict the view after each Adapt</source>
        <translation>Prédire la vue après chaque adaptation</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>Opacité</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>Seuil</translation>
    </message>
    <message>
        <source>Outdated: labels or model have changed since.</source>
        <translation>Périmé : exemples ou modèle ont changé depuis.</translation>
    </message>
    <message>
        <source>Loss (blue, falls while it learns) and IoU on the held-out area (green, 0 to 1)</source>
        <translation>Perte (bleu, baisse en apprenant) et IoU de la zone témoin (vert, 0 à 1)</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>perte</translation>
    </message>
    <message>
        <source>held-out IoU: not yet</source>
        <translation>IoU de la zone témoin : pas encore</translation>
    </message>
    <message>
        <source>loss {}</source>
        <translation>perte {}</translation>
    </message>
    <message>
        <source>Folder of the engine</source>
        <translation>Dossier du moteur</translation>
    </message>
    <message>
        <source>Python of your own</source>
        <translation>Votre propre Python</translation>
    </message>
    <message>
        <source>Compute on</source>
        <translation>Calculer sur</translation>
    </message>
    <message>
        <source>Settings &gt; Options</source>
        <translation>Préférences &gt; Options</translation>
    </message>
    <message>
        <source>Project &gt; Save As…</source>
        <translation>Projet &gt; Enregistrer sous…</translation>
    </message>
    <message>
        <source>GPU where there is one</source>
        <translation>GPU s&apos;il y en a un</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>GPU only (CUDA)</source>
        <translation>GPU seulement (CUDA)</translation>
    </message>
    <message>
        <source>Leave it empty to use the engine that &quot;Set up engine…&quot; installs. A Python given here must have the packages of requirements.lock; where it has not, &quot;Set up engine…&quot; makes an environment by it.</source>
        <translation>Laissez vide pour utiliser le moteur installé par « Installer le moteur… ». Un Python donné ici doit avoir les paquets de requirements.lock ; s&apos;il ne les a pas, « Installer le moteur… » crée un environnement avec lui.</translation>
    </message>
    <message>
        <source>6  Polygons</source>
        <translation>6  Polygones</translation>
    </message>
    <message>
        <source> m²</source>
        <translation> m²</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatique</translation>
    </message>
    <message>
        <source>one pixel</source>
        <translation>un pixel</translation>
    </message>
    <message>
        <source>Automatic: a quarter of a small labelled object</source>
        <translation>Automatique : un quart d&apos;un petit exemple</translation>
    </message>
    <message>
        <source>Least area</source>
        <translation>Surface minimale</translation>
    </message>
    <message>
        <source>Least hole</source>
        <translation>Trou minimal</translation>
    </message>
    <message>
        <source>Split objects that touch</source>
        <translation>Séparer les objets qui se touchent</translation>
    </message>
    <message>
        <source>As found</source>
        <translation>Telles quelles</translation>
    </message>
    <message>
        <source>Right angles, for buildings</source>
        <translation>Angles droits, pour les bâtiments</translation>
    </message>
    <message>
        <source>Boxes, for ships</source>
        <translation>Rectangles, pour les navires</translation>
    </message>
    <message>
        <source>Fields tell where right angles were possible, or how long and wide boxes are</source>
        <translation>Des champs disent où les angles droits étaient possibles, ou la longueur et la largeur des rectangles</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>Forme</translation>
    </message>
    <message>
        <source>Off: what touches is one polygon, as for forest or water</source>
        <translation>Décoché : ce qui se touche forme un polygone, comme pour la forêt ou l&apos;eau</translation>
    </message>
    <message>
        <source>Simplify, all classes</source>
        <translation>Simplifier, toutes classes</translation>
    </message>
    <message>
        <source>Draw again</source>
        <translation>Redessiner</translation>
    </message>
    <message>
        <source>New polygons from the last run; predicts nothing</source>
        <translation>Nouveaux polygones du dernier calcul, sans prédire</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exporter…</translation>
    </message>
    <message>
        <source>Shapefile, GeoPackage, GeoJSON or FlatGeobuf</source>
        <translation>Shapefile, GeoPackage, GeoJSON ou FlatGeobuf</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Stop after this step and keep what is finished</source>
        <translation>Arrêter après cette étape et garder ce qui est fini</translation>
    </message>
    <message>
        <source>Stop now</source>
        <translation>Arrêter net</translation>
    </message>
    <message>
        <source>Stop, and end the engine if it takes over 15 seconds</source>
        <translation>Arrêter, et fermer le moteur si cela dépasse 15 secondes</translation>
    </message>
    <message>
        <source>{} left</source>
        <translation>encore {}</translation>
    </message>
    <message>
        <source>5  Run</source>
        <translation>5  Exécuter</translation>
    </message>
    <message>
        <source>What the map shows</source>
        <translation>Ce que la carte montre</translation>
    </message>
    <message>
        <source>All of the chosen images</source>
        <translation>Les images choisies en entier</translation>
    </message>
    <message>
        <source>Selected polygons of the active layer</source>
        <translation>Polygones sélectionnés de la couche active</translation>
    </message>
    <message>
        <source>Estimate tells tiles, time, memory and disk before you start.</source>
        <translation>Estimer donne tuiles, temps, mémoire et disque avant de commencer.</translation>
    </message>
    <message>
        <source>Estimate</source>
        <translation>Estimer</translation>
    </message>
    <message>
        <source>What a run will take, before it starts</source>
        <translation>Ce que prendra un calcul, avant qu&apos;il ne commence</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Exécuter</translation>
    </message>
    <message>
        <source>Predict there, and draw polygons</source>
        <translation>Y prédire, et dessiner les polygones</translation>
    </message>
    <message>
        <source>, each tile {} ways</source>
        <translation>, chaque tuile de {} façons</translation>
    </message>
    <message>
        <source>Careful where images are small</source>
        <translation>Soigné là où les images sont petites</translation>
    </message>
    <message>
        <source>Quick</source>
        <translation>Rapide</translation>
    </message>
    <message>
        <source>Careful, four times as long</source>
        <translation>Soigné, quatre fois plus long</translation>
    </message>
    <message>
        <source>Careful: each tile is looked at four ways, turned, and the mean of them counts</source>
        <translation>Soigné : chaque tuile est regardée de quatre façons, tournée, et c&apos;est leur moyenne qui compte</translation>
    </message>
    <message>
        <source>still {} of {}</source>
        <translation>encore {} sur {}</translation>
    </message>
    <message>
        <source>1 tile</source>
        <translation>1 tuile</translation>
    </message>
    <message>
        <source>{} tiles</source>
        <translation>{} tuiles</translation>
    </message>
    <message>
        <source>{} megapixels, {}, about {} on {}
{} of memory, at most {} of disk</source>
        <translation>{} mégapixels, {}, environ {} avec {}
{} de mémoire, au plus {} de disque</translation>
    </message>
    <message>
        <source>{} h</source>
        <translation>{} h</translation>
    </message>
    <message>
        <source>{} s</source>
        <translation>{} s</translation>
    </message>
    <message>
        <source>{} min</source>
        <translation>{} min</translation>
    </message>
    <message>
        <source>Save this extent as a raster</source>
        <translation>Enregistrer cette emprise en raster</translation>
    </message>
    <message>
        <source>{} × {} pixels are too many; zoom in, or choose larger pixels, up to {} a side.</source>
        <translation>{} × {} pixels, c&apos;est trop ; zoomez, ou choisissez des pixels plus grands, jusqu&apos;à {} par côté.</translation>
    </message>
    <message>
        <source>Size of a pixel, in {}; the map now shows:</source>
        <translation>Taille d&apos;un pixel en {} ; la carte montre à présent :</translation>
    </message>
    <message>
        <source>Saving the view of {}; QGIS shows the progress below the map.</source>
        <translation>Enregistrement de la vue de {} ; QGIS montre la progression sous la carte.</translation>
    </message>
    <message>
        <source>{} (saved view)</source>
        <translation>{} (vue enregistrée)</translation>
    </message>
    <message>
        <source>The view cannot be saved: {}</source>
        <translation>La vue ne peut pas être enregistrée : {}</translation>
    </message>
    <message>
        <source>The view was saved, but {} cannot be opened.</source>
        <translation>La vue est enregistrée, mais {} ne s&apos;ouvre pas.</translation>
    </message>
    <message>
        <source>Set up engine</source>
        <translation>Installer le moteur</translation>
    </message>
    <message>
        <source>Set up</source>
        <translation>Installer</translation>
    </message>
    <message>
        <source>Download and install</source>
        <translation>Télécharger et installer</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>Close this window</source>
        <translation>Fermer cette fenêtre</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Réessayer</translation>
    </message>
    <message>
        <source>WEFT computes with PyTorch, in a Python of its own; QGIS&apos;s Python is never touched. About 3 GB are downloaded from the Python package index, and 6 GB of disk are taken in {}. It can be cancelled, and goes on next time where it stopped.</source>
        <translation>WEFT calcule avec PyTorch, dans un Python à lui ; celui de QGIS n&apos;est jamais touché. Environ 3 Go sont téléchargés depuis l&apos;index des paquets Python et 6 Go occupés dans {}. On peut annuler, et reprendre la fois suivante là où c&apos;était arrêté.</translation>
    </message>
    <message>
        <source>The engine works: {}.</source>
        <translation>Le moteur fonctionne : {}.</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Démarrage</translation>
    </message>
    <message>
        <source>Reading the labelled areas</source>
        <translation>Lecture des zones dessinées</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Entraînement</translation>
    </message>
    <message>
        <source>Predicting</source>
        <translation>Prédiction de</translation>
    </message>
    <message>
        <source>Outlines of</source>
        <translation>Contours de</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>Écriture de</translation>
    </message>
    <message>
        <source>Exporting to ONNX</source>
        <translation>Export en ONNX</translation>
    </message>
    <message>
        <source>Comparing with torch</source>
        <translation>Comparaison avec torch</translation>
    </message>
    <message>
        <source>Cancelled before it began.</source>
        <translation>Annulé avant de commencer.</translation>
    </message>
    <message>
        <source>Cancelled; what was finished before is kept.</source>
        <translation>Annulé ; ce qui était déjà terminé est conservé.</translation>
    </message>
    <message>
        <source>asked for</source>
        <translation>demandé ainsi</translation>
    </message>
    <message>
        <source>this build of torch has no CUDA</source>
        <translation>cette version de torch est sans CUDA</translation>
    </message>
    <message>
        <source>no NVIDIA GPU with a working driver was found</source>
        <translation>aucun GPU NVIDIA avec un pilote en état n&apos;a été trouvé</translation>
    </message>
    <message>
        <source>a test kernel failed</source>
        <translation>un calcul d&apos;essai a échoué</translation>
    </message>
    <message>
        <source>a test kernel gave a wrong result</source>
        <translation>un calcul d&apos;essai a donné un résultat faux</translation>
    </message>
    <message>
        <source>CPU, 1 thread</source>
        <translation>CPU, 1 thread</translation>
    </message>
    <message>
        <source>CPU, {} threads</source>
        <translation>CPU, {} threads</translation>
    </message>
    <message>
        <source>The project was closed, and its job was stopped.</source>
        <translation>Le projet a été fermé et son calcul arrêté.</translation>
    </message>
    <message>
        <source>{} (edited)</source>
        <translation>{} (modifié)</translation>
    </message>
    <message>
        <source>The engine was ended; the next job starts it again.</source>
        <translation>Le moteur a été arrêté ; le prochain calcul le relance.</translation>
    </message>
    <message>
        <source>{} is there already; choose another name.</source>
        <translation>{} existe déjà ; choisissez un autre nom.</translation>
    </message>
    <message>
        <source>File for labels and areas</source>
        <translation>Fichier des exemples et des zones</translation>
    </message>
    <message>
        <source>GeoPackage (*.gpkg)</source>
        <translation>GeoPackage (*.gpkg)</translation>
    </message>
    <message>
        <source>Load model</source>
        <translation>Charger un modèle</translation>
    </message>
    <message>
        <source>WEFT model (*.weft)</source>
        <translation>Modèle WEFT (*.weft)</translation>
    </message>
    <message>
        <source>Save model</source>
        <translation>Enregistrer le modèle</translation>
    </message>
    <message>
        <source>Export polygons</source>
        <translation>Exporter les polygones</translation>
    </message>
    <message>
        <source>Starting to adapt</source>
        <translation>L&apos;adaptation commence</translation>
    </message>
    <message>
        <source>Predicting the view</source>
        <translation>Prédiction de la vue</translation>
    </message>
    <message>
        <source>Estimating</source>
        <translation>Estimation</translation>
    </message>
    <message>
        <source>Starting to predict</source>
        <translation>La prédiction commence</translation>
    </message>
    <message>
        <source>Drawing polygons</source>
        <translation>Dessin des polygones</translation>
    </message>
    <message>
        <source>Choose an image first.</source>
        <translation>Choisissez d&apos;abord une image.</translation>
    </message>
    <message>
        <source>{} written.</source>
        <translation>{} écrit.</translation>
    </message>
    <message>
        <source>Stopped early; the best model so far is kept.</source>
        <translation>Arrêté avant la fin ; le meilleur modèle obtenu jusqu&apos;ici est conservé.</translation>
    </message>
    <message>
        <source>no objects</source>
        <translation>aucun objet</translation>
    </message>
    <message>
        <source>The label file {} cannot be used ({}); choose another by &quot;File…&quot;.</source>
        <translation>Le fichier {} ne peut pas être utilisé ({}) ; choisissez-en un autre par « Fichier… ».</translation>
    </message>
    <message>
        <source>Select polygons in a vector layer, and make that layer the active one.</source>
        <translation>Sélectionnez des polygones dans une couche vectorielle, et rendez-la active.</translation>
    </message>
    <message>
        <source>Polygons</source>
        <translation>Polygones</translation>
    </message>
    <message>
        <source>Polygons: {}.</source>
        <translation>Polygones : {}.</translation>
    </message>
    <message>
        <source>The model cannot be saved there: {}</source>
        <translation>Le modèle ne peut pas y être enregistré : {}</translation>
    </message>
    <message>
        <source>The polygons cannot be written: {}</source>
        <translation>Les polygones ne peuvent pas être écrits : {}</translation>
    </message>
    <message>
        <source>Cancelled; press Run again, and the same run goes on from there.</source>
        <translation>Annulé ; avec Exécuter, le même calcul reprend là où il était.</translation>
    </message>
    <message>
        <source>Only {} are free at {}; the run may need up to {}.</source>
        <translation>Seuls {} sont libres dans {} ; le calcul peut demander jusqu&apos;à {}.</translation>
    </message>
    <message>
        <source>Preview: {}</source>
        <translation>Aperçu : {}</translation>
    </message>
    <message>
        <source>Another job is running; wait for it, or cancel it.</source>
        <translation>Un autre calcul est en cours ; attendez, ou annulez-le.</translation>
    </message>
    <message>
        <source>WEFT cannot write its files: {}. Save the project in a folder that can be written to, and try again.</source>
        <translation>WEFT ne peut pas écrire ses fichiers : {}. Enregistrez le projet dans un dossier accessible en écriture, puis réessayez.</translation>
    </message>
    <message>
        <source>Choose a name that ends in {}.</source>
        <translation>Choisissez un nom qui finit par {}.</translation>
    </message>
    <message>
        <source>unknown resolution</source>
        <translation>résolution inconnue</translation>
    </message>
    <message>
        <source>1 band</source>
        <translation>1 bande</translation>
    </message>
    <message>
        <source>no nodata value</source>
        <translation>pas de valeur nodata</translation>
    </message>
    <message>
        <source>The layer is broken; mend its data source first.</source>
        <translation>La couche est cassée ; réparez d&apos;abord sa source.</translation>
    </message>
    <message>
        <source>The layer is no image file, as the engine needs; save this extent as a raster.</source>
        <translation>La couche n&apos;est pas un fichier image, comme il en faut au moteur ; enregistrez cette emprise en raster.</translation>
    </message>
    <message>
        <source>The image file has no CRS, so polygons of it would have no place; write the CRS into the file by Raster &gt; Projections &gt; Assign Projection…, and add the image anew.</source>
        <translation>Le fichier de l&apos;image n&apos;a pas de SCR, ses polygones n&apos;auraient donc pas de place ; écrivez-le dans le fichier par Raster &gt; Projections &gt; Assigner une projection…, puis ajoutez à nouveau l&apos;image.</translation>
    </message>
    <message>
        <source>The CRS of the layer is not that of its file, which is the one that counts; write the right one into the file by Raster &gt; Projections &gt; Assign Projection…, and add the image anew.</source>
        <translation>Le SCR de la couche n&apos;est pas celui de son fichier, qui est celui qui compte ; écrivez le bon dans le fichier par Raster &gt; Projections &gt; Assigner une projection…, puis ajoutez à nouveau l&apos;image.</translation>
    </message>
    <message>
        <source>{} m a pixel</source>
        <translation>{} m par pixel</translation>
    </message>
    <message>
        <source>{} bands</source>
        <translation>{} bandes</translation>
    </message>
    <message>
        <source>nodata {}</source>
        <translation>nodata {}</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>Exemples</translation>
    </message>
    <message>
        <source>Labelled areas</source>
        <translation>Zones dessinées</translation>
    </message>
    <message>
        <source>Add area</source>
        <translation>Ajouter une zone</translation>
    </message>
    <message>
        <source>Erase labels</source>
        <translation>Effacer des exemples</translation>
    </message>
    <message>
        <source>Erase areas</source>
        <translation>Effacer des zones</translation>
    </message>
    <message>
        <source>Add {}</source>
        <translation>Ajouter {}</translation>
    </message>
    <message>
        <source>it has no layer &quot;{}&quot;</source>
        <translation>il n&apos;a pas de couche « {} »</translation>
    </message>
    <message>
        <source>{} is read-only; choose another file by &quot;File…&quot;.</source>
        <translation>{} est en lecture seule ; choisissez un autre fichier par « Fichier… ».</translation>
    </message>
    <message>
        <source>Rename {}</source>
        <translation>Renommer {}</translation>
    </message>
    <message>
        <source>Delete {}</source>
        <translation>Supprimer {}</translation>
    </message>
    <message>
        <source>other</source>
        <translation>autres</translation>
    </message>
    <message>
        <source>Draw some objects with the tools above.</source>
        <translation>Dessinez quelques objets avec les outils ci-dessus.</translation>
    </message>
    <message>
        <source>Add a class first.</source>
        <translation>Ajoutez d&apos;abord une classe.</translation>
    </message>
    <message>
        <source>No background yet: draw an area rectangle around objects that are all labelled.</source>
        <translation>Pas encore de fond : dessinez une zone autour d&apos;objets tous dessinés.</translation>
    </message>
    <message>
        <source>One more area, and the result can be measured.</source>
        <translation>Encore une zone, et le résultat pourra être mesuré.</translation>
    </message>
    <message>
        <source>Nothing is labelled as {} yet.</source>
        <translation>Rien n&apos;est encore dessiné comme {}.</translation>
    </message>
    <message>
        <source>{} more areas, and the result can be measured.</source>
        <translation>Encore {} zones, et le résultat pourra être mesuré.</translation>
    </message>
    <message>
        <source>A few more objects of {} would help.</source>
        <translation>Quelques objets {} de plus aideraient.</translation>
    </message>
    <message>
        <source>WEFT panel</source>
        <translation>Panneau WEFT</translation>
    </message>
    <message>
        <source>The engine starts with the first job.</source>
        <translation>Le moteur démarre avec le premier calcul.</translation>
    </message>
    <message>
        <source>The labels are not saved: {}</source>
        <translation>Les exemples ne sont pas enregistrés : {}</translation>
    </message>
    <message>
        <source>The engine was stopped.</source>
        <translation>Le moteur a été arrêté.</translation>
    </message>
    <message>
        <source>The engine crashed three times in ten minutes and is not started again until these are over; see the log tab WEFT.</source>
        <translation>Le moteur a planté trois fois en dix minutes et ne sera relancé qu&apos;une fois celles-ci écoulées ; consultez l&apos;onglet WEFT du journal.</translation>
    </message>
    <message>
        <source>The engine ended unexpectedly ({}); the next job starts it again.</source>
        <translation>Le moteur s&apos;est arrêté de façon inattendue ({}) ; le prochain calcul le relance.</translation>
    </message>
    <message>
        <source>The engine&apos;s Python, {}, cannot be started; set up the engine again.</source>
        <translation>Le Python du moteur, {}, ne démarre pas ; réinstallez le moteur.</translation>
    </message>
    <message>
        <source>The engine cannot start ({}); set it up again, or see the log tab WEFT.</source>
        <translation>Le moteur ne démarre pas ({}) ; réinstallez-le, ou consultez l&apos;onglet WEFT du journal.</translation>
    </message>
    <message>
        <source>The Python set in the options, {}, does not exist; choose another.</source>
        <translation>Le Python des options, {}, n&apos;existe pas ; choisissez-en un autre.</translation>
    </message>
    <message>
        <source>it was ended by the system, most often because memory ran out</source>
        <translation>arrêté par le système, le plus souvent faute de mémoire</translation>
    </message>
    <message>
        <source>access violation</source>
        <translation>violation d&apos;accès</translation>
    </message>
    <message>
        <source>a DLL is missing</source>
        <translation>une DLL manque</translation>
    </message>
    <message>
        <source>illegal instruction</source>
        <translation>instruction non autorisée</translation>
    </message>
    <message>
        <source>exit status {}</source>
        <translation>code de sortie {}</translation>
    </message>
    <message>
        <source>it crashed</source>
        <translation>plantage</translation>
    </message>
    <message>
        <source>The disk is full; free about 8 GB, or choose another folder for the engine.</source>
        <translation>Le disque est plein ; libérez environ 8 Go, ou choisissez un autre dossier pour le moteur.</translation>
    </message>
    <message>
        <source>A file of the engine is in use; close other QGIS windows, pause the virus scanner for that folder, and try again.</source>
        <translation>Un fichier du moteur est utilisé ; fermez les autres fenêtres QGIS, suspendez l&apos;antivirus pour ce dossier, et réessayez.</translation>
    </message>
    <message>
        <source>The proxy refused the connection; check the proxy in QGIS under Settings &gt; Options &gt; Network.</source>
        <translation>Le proxy a refusé la connexion ; vérifiez-le dans QGIS sous Préférences &gt; Options &gt; Réseau.</translation>
    </message>
    <message>
        <source>The installer cannot be fetched through a SOCKS proxy; set an HTTP proxy in QGIS under Settings &gt; Options &gt; Network, or install uv.</source>
        <translation>Le programme d&apos;installation ne peut pas être téléchargé par un proxy SOCKS ; réglez dans QGIS un proxy HTTP sous Préférences &gt; Options &gt; Réseau, ou installez uv.</translation>
    </message>
    <message>
        <source>The connection is not trusted, as behind some company networks; ask your administrator to add the certificate to those that this computer trusts. On Linux SSL_CERT_FILE can name it, too.</source>
        <translation>La connexion n&apos;est pas sûre, comme dans certains réseaux d&apos;entreprise ; demandez à votre administrateur d&apos;ajouter le certificat à ceux auxquels cet ordinateur fait confiance. Sous Linux, SSL_CERT_FILE peut aussi l&apos;indiquer.</translation>
    </message>
    <message>
        <source>This Python cannot make environments; install its venv module (python3-venv on Debian and Ubuntu), or choose another Python.</source>
        <translation>Ce Python ne peut pas créer d&apos;environnements ; installez son module venv (python3-venv sur Debian et Ubuntu), ou choisissez un autre Python.</translation>
    </message>
    <message>
        <source>The engine needs a Mac with Apple silicon, and this QGIS starts every Python that was found as on an Intel Mac; install Homebrew&apos;s Python, or a QGIS for Apple silicon.</source>
        <translation>Le moteur demande un Mac à puce Apple, et ce QGIS lance chaque Python trouvé comme sur un Mac Intel ; installez le Python de Homebrew, ou un QGIS pour puce Apple.</translation>
    </message>
    <message>
        <source>A downloaded package is not the one that was tested, so it was refused; try again, or ask your administrator about the package mirror.</source>
        <translation>Un paquet téléchargé n&apos;est pas celui qui a été testé et a été refusé ; réessayez, ou interrogez votre administrateur sur le miroir des paquets.</translation>
    </message>
    <message>
        <source>There is no package for this system; WEFT needs a 64-bit Windows or Linux, or macOS 14 or newer on Apple silicon, and Python 3.11 to 3.14.</source>
        <translation>Il n&apos;y a pas de paquet pour ce système ; WEFT demande un Windows ou Linux 64 bits, ou macOS 14 ou plus récent sur puce Apple, et Python 3.11 à 3.14.</translation>
    </message>
    <message>
        <source>The package index cannot be reached; check the network connection and the proxy in QGIS, and try again: what is there already is kept.</source>
        <translation>L&apos;index des paquets est injoignable ; vérifiez la connexion au réseau et le proxy dans QGIS, et réessayez : ce qui est là est gardé.</translation>
    </message>
    <message>
        <source>The folder of the engine cannot be written to; choose another one in the options.</source>
        <translation>On ne peut pas écrire dans le dossier du moteur ; choisissez-en un autre dans les options.</translation>
    </message>
    <message>
        <source>The set-up failed; the transcript below says where.</source>
        <translation>L&apos;installation a échoué ; le journal ci-dessous dit où.</translation>
    </message>
    <message>
        <source>Making the environment</source>
        <translation>Création de l&apos;environnement</translation>
    </message>
    <message>
        <source>No Python 3.11 to 3.14 was found; install one from python.org (on Windows no administrator is needed), on Linux by the package manager, or choose one in the options.</source>
        <translation>Aucun Python 3.11 à 3.14 trouvé ; installez-en un depuis python.org (sous Windows sans administrateur), sous Linux par le gestionnaire de paquets, ou choisissez-en un dans les options.</translation>
    </message>
    <message>
        <source>Installing the engine&apos;s packages (about 6 GB)</source>
        <translation>Installation des paquets du moteur (environ 6 Go)</translation>
    </message>
    <message>
        <source>Trying the engine</source>
        <translation>Essai du moteur</translation>
    </message>
    <message>
        <source>Removing the downloads</source>
        <translation>Suppression des téléchargements</translation>
    </message>
    <message>
        <source>Fetching the installer</source>
        <translation>Récupération du programme d&apos;installation</translation>
    </message>
    <message>
        <source>The lock file of this WEFT is damaged; install the plugin again.</source>
        <translation>Le fichier de verrouillage de ce WEFT est abîmé ; réinstallez l&apos;extension.</translation>
    </message>
    <message>
        <source>Looking for a Python</source>
        <translation>Recherche d&apos;un Python</translation>
    </message>
    <message>
        <source>Only {} are free at {}, and the engine needs about 8 GB; free some space, or choose another folder in the options.</source>
        <translation>Seuls {} sont libres dans {}, et le moteur demande environ 8 Go ; libérez de la place, ou choisissez un autre dossier dans les options.</translation>
    </message>
    <message>
        <source>Cancelled; what is installed already is kept for the next try.</source>
        <translation>Annulé ; ce qui est déjà installé est gardé pour le prochain essai.</translation>
    </message>
    <message>
        <source>The engine&apos;s folder cannot be used ({}); choose another in the options.</source>
        <translation>Le dossier du moteur ne peut pas être utilisé ({}) ; choisissez-en un autre dans les options.</translation>
    </message>
    <message>
        <source>Wavelet experts guide the frozen network. A minute of training; take it unless something speaks against it.</source>
        <translation>Des experts à ondelettes guident le réseau gelé. Une minute d&apos;apprentissage ; à prendre si rien ne s&apos;y oppose.</translation>
    </message>
    <message>
        <source>The published WEFT, for large transformers. Slow without a GPU; take it with weights of a ViT-L.</source>
        <translation>Le WEFT publié, pour de grands transformeurs. Lent sans GPU ; à prendre avec les poids d&apos;un ViT-L.</translation>
    </message>
    <message>
        <source>UPetu-style: quantised adapters and prompts. Small model files; take it to keep or send many models.</source>
        <translation>À la manière de UPetu : adaptateurs quantifiés et prompts. De petits fichiers de modèle ; à prendre pour garder ou envoyer beaucoup de modèles.</translation>
    </message>
    <message>
        <source>EST-style: a small network beside the frozen one. Little memory; take it on weak computers.</source>
        <translation>À la manière de EST : un petit réseau à côté du réseau gelé. Peu de mémoire ; à prendre sur un ordinateur modeste.</translation>
    </message>
    <message>
        <source>CWSAM: adapters and a decoder for Segment Anything. Slow without a GPU; take it with SAM weights, for radar images too.</source>
        <translation>CWSAM : adaptateurs et décodeur pour Segment Anything. Lent sans GPU ; à prendre avec des poids SAM, aussi pour des images radar.</translation>
    </message>
    <message>
        <source>LoRA: small corrections inside the frozen network. Two thirds of the memory of training all of it; take it with large transformers on a GPU.</source>
        <translation>LoRA : de petites corrections dans le réseau gelé. Deux tiers de la mémoire qu&apos;il faut pour l&apos;entraîner tout entier ; à prendre avec de grands transformeurs sur GPU.</translation>
    </message>
    <message>
        <source>One layer on frozen features. Seconds, but coarse; take it for a first look.</source>
        <translation>Une couche sur des caractéristiques gelées. Quelques secondes, mais grossier ; à prendre pour un premier aperçu.</translation>
    </message>
    <message>
        <source>The whole network learns. Most memory and the largest model files; take it when much is labelled.</source>
        <translation>Tout le réseau apprend. Le plus de mémoire et les plus grands fichiers de modèle ; à prendre quand il y a beaucoup d&apos;exemples.</translation>
    </message>
    <message>
        <source>everything at all times</source>
        <translation>tout, tout le temps</translation>
    </message>
    <message>
        <source>the inside now and then (DBF)</source>
        <translation>l&apos;intérieur par moments (DBF)</translation>
    </message>
    <message>
        <source>The best of few labels; take it unless a step takes too long.</source>
        <translation>Tire le meilleur de peu d&apos;exemples ; à prendre tant qu&apos;un pas ne dure pas trop longtemps.</translation>
    </message>
    <message>
        <source>Dynamic backbone freezing: what learns inside stands still in nine of ten epochs, which saves more than half of its time; take it with &quot;full&quot; and many labels.</source>
        <translation>Dynamic backbone freezing : ce qui apprend à l&apos;intérieur reste immobile neuf époques sur dix, ce qui économise plus de la moitié de son temps ; à prendre avec « full » et beaucoup d&apos;exemples.</translation>
    </message>
    <message>
        <source>What learns</source>
        <translation>Ce qui apprend</translation>
    </message>
    <message>
        <source>Where to label next</source>
        <translation>Où dessiner ensuite ?</translation>
    </message>
    <message>
        <source>Find places from which the model would learn most</source>
        <translation>Trouver les endroits dont le modèle apprendrait le plus</translation>
    </message>
    <message>
        <source>the model is unsure here</source>
        <translation>le modèle hésite ici</translation>
    </message>
    <message>
        <source>the model is sure, but similar ground was labelled otherwise</source>
        <translation>le modèle est sûr, mais dans les zones dessinées, ce qui y ressemble est autre chose</translation>
    </message>
    <message>
        <source>nothing labelled looks like this</source>
        <translation>rien dans les zones dessinées ne ressemble à ceci</translation>
    </message>
    <message>
        <source>Looking for what to label</source>
        <translation>Recherche d&apos;endroits utiles</translation>
    </message>
    <message>
        <source>Looking at what is labelled</source>
        <translation>Examen des zones dessinées</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Mesurer</translation>
    </message>
    <message>
        <source>How good models of these labels are: trains anew without each area in turn, and measures on it; takes as long as several times Adapt</source>
        <translation>La qualité des modèles tirés de ces exemples : entraîne de nouveau sans chacune des zones, tour à tour, et mesure sur elle ; prend plusieurs fois le temps d&apos;Adapter</translation>
    </message>
    <message>
        <source>On {} of {} areas, each by a model that had not seen it:</source>
        <translation>Sur {} zones de {}, chacune par un modèle qui ne l&apos;avait pas vue :</translation>
    </message>
    <message>
        <source>Where models and labels differ most; a click leads there:</source>
        <translation>Où modèles et exemples diffèrent le plus ; un clic y mène :</translation>
    </message>
    <message>
        <source>nothing here, and nothing found</source>
        <translation>rien ici, et rien de trouvé</translation>
    </message>
    <message>
        <source>IoU {}: {} of {} found, {} false</source>
        <translation>IoU {} : {} sur {} trouvés, {} faux</translation>
    </message>
    <message>
        <source>{}: too few areas to say</source>
        <translation>{} : trop peu de zones pour le dire</translation>
    </message>
    <message>
        <source>{}: IoU {} ({} to {}), F1 {} ({} to {})</source>
        <translation>{} : IoU {} (de {} à {}), F1 {} (de {} à {})</translation>
    </message>
    <message>
        <source>Starting to measure</source>
        <translation>La mesure commence</translation>
    </message>
    <message>
        <source>Cross-validating</source>
        <translation>Validation croisée</translation>
    </message>
    <message>
        <source>The engine is not set up yet; press &quot;Set up engine…&quot; in the WEFT panel.</source>
        <translation>Le moteur n&apos;est pas encore installé ; appuyez sur « Installer le moteur… » dans le panneau WEFT.</translation>
    </message>
    <message>
        <source>Adapt a model to labels</source>
        <translation>Adapter un modèle à des exemples</translation>
    </message>
    <message>
        <source>Learns from labelled objects what to find. Areas are polygons inside which every object is labelled; outside of them nothing is taken for known. Without areas, objects of a class named &quot;background&quot; say what is none.</source>
        <translation>Apprend d&apos;objets dessinés ce qu&apos;il faut trouver. Les zones sont des polygones où chaque objet est dessiné ; hors d&apos;elles, rien n&apos;est tenu pour connu. Sans zones, des objets d&apos;une classe nommée « background » disent ce qui n&apos;en est pas.</translation>
    </message>
    <message>
        <source>Without a field, labels have the class in their field &quot;class&quot;, or are all of one class where there is none. With three areas or more, the model is measured on one that is held out.</source>
        <translation>Sans champ, la classe des exemples est dans leur champ « class », ou ils sont tous d&apos;une seule classe s&apos;il n&apos;y en a pas. À partir de trois zones, le modèle est mesuré sur une zone gardée à part.</translation>
    </message>
    <message>
        <source>When it is cancelled, the best model so far is kept.</source>
        <translation>En cas d&apos;annulation, le meilleur modèle obtenu jusqu&apos;ici est conservé.</translation>
    </message>
    <message>
        <source>Seconds to train</source>
        <translation>Secondes d&apos;entraînement</translation>
    </message>
    <message>
        <source>Field of the class</source>
        <translation>Champ de la classe</translation>
    </message>
    <message>
        <source>Areas, labelled completely</source>
        <translation>Zones où tout est dessiné</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modèle</translation>
    </message>
    <message>
        <source>WEFT models (*.weft)</source>
        <translation>Modèles WEFT (*.weft)</translation>
    </message>
    <message>
        <source>The labels cannot be copied to {}: {}; free some space and try again.</source>
        <translation>Les exemples ne peuvent pas être copiés dans {} : {} ; libérez de la place et réessayez.</translation>
    </message>
    <message>
        <source>{} is no list of bands; give numbers from 1, such as 4, 3, 2.</source>
        <translation>{} n&apos;est pas une liste de bandes ; donnez des nombres à partir de 1, par exemple 4, 3, 2.</translation>
    </message>
    <message>
        <source>GSD in metres</source>
        <translation>Résolution au sol en mètres</translation>
    </message>
    <message>
        <source>Bands, such as 4, 3, 2 (empty: automatic)</source>
        <translation>Bandes, par exemple 4, 3, 2 (vide : automatique)</translation>
    </message>
    <message>
        <source>A run that is stopped goes on from there when it is started again with the same folder.</source>
        <translation>Un calcul arrêté reprend là où il en était quand il est relancé avec le même dossier.</translation>
    </message>
    <message>
        <source>Find objects in images</source>
        <translation>Trouver des objets dans des images</translation>
    </message>
    <message>
        <source>Applies a model to images and draws polygons around what it finds, with class, confidence, area and perimeter, in the CRS of the first image. The rasters of classes and probabilities stay in a folder.</source>
        <translation>Applique un modèle à des images et dessine des polygones autour de ce qu&apos;il trouve, avec classe, confiance, surface et périmètre, dans le SCR de la première image. Les rasters des classes et des probabilités restent dans un dossier.</translation>
    </message>
    <message>
        <source>Folder for the rasters</source>
        <translation>Dossier des rasters</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>Images</translation>
    </message>
    <message>
        <source>Go on from this model</source>
        <translation>Continuer à partir de ce modèle</translation>
    </message>
    <message>
        <source>Weights of the backbone</source>
        <translation>Poids du backbone</translation>
    </message>
    <message>
        <source>Part of the images (empty: all)</source>
        <translation>Partie des images (vide : tout)</translation>
    </message>
    <message>
        <source>How carefully</source>
        <translation>Avec quel soin</translation>
    </message>
    <message>
        <source>Least area in m² (empty: automatic)</source>
        <translation>Surface minimale en m² (vide : automatique)</translation>
    </message>
    <message>
        <source>Least hole in m²</source>
        <translation>Trou minimal en m²</translation>
    </message>
    <message>
        <source>Simplify in metres (empty: one pixel)</source>
        <translation>Simplifier en mètres (vide : un pixel)</translation>
    </message>
    <message>
        <source>Polygons from predicted rasters</source>
        <translation>Polygones de rasters prédits</translation>
    </message>
    <message>
        <source>Draws polygons around what a prediction found, with class, confidence, area and perimeter. It takes the rasters of either kind that Predict has written, and finds the other kind beside them.</source>
        <translation>Dessine des polygones autour de ce qu&apos;une prédiction a trouvé, avec classe, confiance, surface et périmètre. Prend les rasters de l&apos;une ou l&apos;autre sorte écrits par « Prédire une image », et trouve l&apos;autre sorte à côté.</translation>
    </message>
    <message>
        <source>Predicted rasters</source>
        <translation>Rasters prédits</translation>
    </message>
    <message>
        <source>Predict an image</source>
        <translation>Prédire une image</translation>
    </message>
    <message>
        <source>Applies a model to an image. NAME_class.tif has the class of each pixel, NAME_prob.tif the probability of each class, on the image&apos;s own grid.</source>
        <translation>Applique un modèle à une image. NAME_class.tif contient la classe de chaque pixel, NAME_prob.tif la probabilité de chaque classe, sur la grille de l&apos;image.</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Image</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Classes</translation>
    </message>
    <message>
        <source>Probabilities</source>
        <translation>Probabilités</translation>
    </message>
    <message>
        <source>The labels have no field {}; choose one of {}.</source>
        <translation>Les exemples n&apos;ont pas de champ {} ; choisissez parmi {}.</translation>
    </message>
    <message>
        <source>Least confidence</source>
        <translation>Confiance minimale</translation>
    </message>
    <message>
        <source>Automatic: objects that are mostly false are left out; 0 draws them all</source>
        <translation>Automatique : les objets le plus souvent faux sont écartés ; 0 les dessine tous</translation>
    </message>
    <message>
        <source>Least confidence (empty: automatic)</source>
        <translation>Confiance minimale (vide : automatique)</translation>
    </message>
</context>
</TS>
